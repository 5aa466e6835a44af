package dev.updraft.server.console;

import dev.updraft.server.access.Routes;
import dev.updraft.server.access.Sessions;
import dev.updraft.server.audit.Audit;
import dev.updraft.server.http.Errors;
import dev.updraft.server.http.Problem;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The console at {@code /console}: who is logged in, and which page answers where. */
public final class Console implements HttpService {
    static final String HOME = "/console";
    private static final String LOG_IN = HOME + "/login";

    private final Routes api;
    private final Audit audit;
    private final Sessions sessions;
    private final StaticFiles files = new StaticFiles();
    private final TemplateEngine templates = TemplateEngine.createPrecompiled(
            null, ContentType.Html, Console.class.getClassLoader(), Console.class.getPackageName());

    /** @param api what the pages ask; complete only once the server is wired */
    public Console(Routes api, Audit audit, Sessions sessions) {
        this.api = api;
        this.audit = audit;
        this.sessions = sessions;
    }

    /** Something that answers a person who has logged in. */
    interface Page {
        void answer(Visit visit) throws Exception;
    }

    /** Where pages say at which path they answer. */
    final class Paths {
        private final HttpRules rules;

        private Paths(HttpRules rules) {
            this.rules = rules;
        }

        Paths get(String path, Page page) {
            rules.route(Method.GET, HOME + path, guarded(page));
            return this;
        }

        /** For a form, which holds the token of its session. */
        Paths post(String path, Page page) {
            rules.route(Method.POST, HOME + path, guarded(visit -> {
                visit.requireOwnForm(false);
                page.answer(visit);
            }));
            return this;
        }

        /** For a script, which sends the token in a header. */
        Paths upload(String path, Page page) {
            rules.route(Method.POST, HOME + path, guarded(visit -> {
                visit.requireOwnForm(true);
                page.answer(visit);
            }));
            return this;
        }
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get(
                "/",
                (request, response) -> new Visit(templates, files, request, response, null, null).redirect(HOME, ""));
        rules.get(StaticFiles.PATH + "{file}", facing(files::send));
        rules.get(LOG_IN, facing(this::askWho));
        rules.post(LOG_IN, facing(this::logIn));
        rules.get(HOME + "/enter", facing(this::enter));
        Paths paths = new Paths(rules);
        paths.post("/logout", this::logOut).post("/logout-everywhere", this::logOutEverywhere);
        // What goes wrong on the way of a stream is no page.
        rules.get(HOME + "/events", knowing(visit -> visit.api().stream(Api.Question.of("/events"), visit.response())));
        new OverviewPage().pages(paths);
        new DevicePages().pages(paths);
        new RolloutPages().pages(paths);
        new ReleasePages().pages(paths);
        new AuditPage().pages(paths);
        new AccessPages().pages(paths);
        new TenantPages().pages(paths);
        rules.get(HOME + "/*", guarded(visit -> {
            throw Problem.notFound("There is no such page.");
        }));
    }

    private Sessions.@Nullable Session session(ServerRequest request) {
        String secret = Cookies.value(request, Cookies.SESSION);
        return secret.isEmpty() ? null : sessions.find(secret);
    }

    private Handler guarded(Page page) {
        return facing(knowing(page));
    }

    private Handler knowing(Page page) {
        return (request, response) -> {
            Sessions.Session session = session(request);
            if (session == null) {
                toLogIn(request, response);
                return;
            }
            Visit visit =
                    new Visit(templates, files, request, response, session, new Api(api, audit, request, session));
            page.answer(visit);
        };
    }

    /** Where somebody wanted to go is kept for after the log-in; scripts are told plainly. */
    private void toLogIn(ServerRequest request, ServerResponse response) {
        boolean page = request.prologue().method().equals(Method.GET)
                && request.headers().first(HeaderNames.ACCEPT).orElse("").contains("text/html");
        if (!page) {
            response.status(401).send("You are logged out; log in again.");
            return;
        }
        String query = request.prologue().query().rawValue();
        String wanted = request.path().absolute().rawPath() + (query.isEmpty() ? "" : "?" + query);
        new Visit(templates, files, request, response, null, null)
                .redirect(wanted.equals(HOME) ? LOG_IN : LOG_IN + "?to=" + Api.encoded(wanted), "");
    }

    /** Turns what goes wrong into a page. */
    private Handler facing(Handler handler) {
        return (request, response) -> {
            try {
                handler.handle(request, response);
            } catch (Exception e) {
                if (response.isSent()) {
                    throw e;
                }
                Problem problem = Errors.problem(request, e);
                if (problem == null) {
                    throw e;
                }
                if (problem.retryAfterSeconds() > 0) {
                    response.header(HeaderNames.RETRY_AFTER, Integer.toString(problem.retryAfterSeconds()));
                }
                Errors.closeIfLeft(request, response, problem);
                new Visit(templates, files, request, response, session(request), null)
                        .show(
                                problem.status(),
                                "error",
                                problem.status() == 404 ? "Not found" : "That did not work",
                                "",
                                Map.of("status", problem.status(), "sentence", problem.sentence()));
            }
        };
    }

    private void askWho(ServerRequest request, ServerResponse response) {
        if (session(request) != null) {
            new Visit(templates, files, request, response, null, null).redirect(HOME, "");
            return;
        }
        Form form = Form.empty().with("to", request.query().first("to").orElse(""));
        new Visit(templates, files, request, response, null, null).show("login", "Log in", "", Map.of("form", form));
    }

    private void logIn(ServerRequest request, ServerResponse response) {
        Visit visit = new Visit(templates, files, request, response, null, null);
        Visit.requireOwnSite(request);
        Form form = visit.form();
        boolean byToken = form.value("with").equals("token");
        String user = byToken ? "" : form.value("user");
        String secret = byToken ? form.value("token") : form.raw("password");
        if (!byToken && user.isEmpty()) {
            form.wrong("user", "Enter your user name.");
        }
        if (secret.isEmpty()) {
            form.wrong(byToken ? "token" : "password", byToken ? "Enter an API token." : "Enter your password.");
        }
        Sessions.Session session = null;
        if (!form.isWrong()) {
            try {
                session = sessions.open(user, secret, request.remotePeer().host());
            } catch (Problem problem) {
                form.wrong(byToken ? "token" : "password", problem.sentence());
            }
            if (session == null) {
                form.wrong(
                        byToken ? "token" : "password",
                        byToken
                                ? "This token is not known here, or has ended."
                                : "This is not the password of a user of that name.");
            }
        }
        if (session == null) {
            visit.showAgain("login", "Log in", "", Map.of("form", form));
            return;
        }
        begin(request, response, session);
        String to = form.raw("to");
        visit.redirect(to.matches("/console(/[^\\\\\\s]*)?(\\?[^\\\\\\s]*)?") ? to : HOME, "");
    }

    /** Where a link with a code leads that works once. */
    private void enter(ServerRequest request, ServerResponse response) {
        String code = request.query().first("code").orElse("");
        Sessions.Session session = sessions.accept(code, request.remotePeer().host());
        if (session == null) {
            throw Problem.forbidden("This link was used already, or is too old; log in with a password or a token.");
        }
        begin(request, response, session);
        new Visit(templates, files, request, response, null, null).redirect(HOME, "");
    }

    /** A fresh id at every log-in: one that somebody else has planted is worth nothing. */
    private void begin(ServerRequest request, ServerResponse response, Sessions.Session session) {
        Sessions.Session before = session(request);
        if (before != null) {
            sessions.close(before.caller(), request.remotePeer().host());
        }
        Cookies.set(request, response, Cookies.SESSION, session.secret(), 0);
    }

    private void logOut(Visit visit) {
        sessions.close(visit.caller(), visit.request().remotePeer().host());
        leave(visit);
    }

    private void logOutEverywhere(Visit visit) {
        sessions.closeAll(visit.caller(), visit.request().remotePeer().host());
        leave(visit);
    }

    private static void leave(Visit visit) {
        Cookies.drop(visit.request(), visit.response(), Cookies.SESSION);
        visit.response().header("Clear-Site-Data", "\"cache\"");
        visit.redirect(LOG_IN, "");
    }
}
