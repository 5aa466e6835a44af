package dev.updraft.server.console;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.Sessions;
import dev.updraft.server.http.Problem;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request of a browser, and how it is answered. */
final class Visit {
    /** Nothing from elsewhere, nothing inline, in nobody's frame. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private static final int WORTH_PACKING = 1_400;

    private final TemplateEngine templates;
    private final StaticFiles files;
    private final ServerRequest request;
    private final ServerResponse response;
    private final Sessions.@Nullable Session session;
    private final @Nullable Api api;
    private @Nullable Form form;

    Visit(
            TemplateEngine templates,
            StaticFiles files,
            ServerRequest request,
            ServerResponse response,
            Sessions.@Nullable Session session,
            @Nullable Api api) {
        this.templates = templates;
        this.files = files;
        this.request = request;
        this.response = response;
        this.session = session;
        this.api = api;
    }

    ServerRequest request() {
        return request;
    }

    ServerResponse response() {
        return response;
    }

    Api api() {
        if (api == null) {
            throw new IllegalStateException("nobody has logged in");
        }
        return api;
    }

    Caller caller() {
        if (session == null) {
            throw new IllegalStateException("nobody has logged in");
        }
        return session.caller();
    }

    /** What stands in the path in place of {@code {name}}. */
    String name(String name) {
        return request.path().pathParameters().get(name);
    }

    String query(String name) {
        return request.query().first(name).orElse("").strip();
    }

    Form form() {
        if (form == null) {
            form = Form.of(request);
        }
        return form;
    }

    /** Answers with the page {@code template}. */
    void show(String template, String title, String section, Map<String, Object> what) {
        show(200, template, title, section, what);
    }

    /** Answers 422 with a form as it was entered, and what is wrong beside its fields. */
    void showAgain(String template, String title, String section, Map<String, Object> what) {
        show(422, template, title, section, what);
    }

    void show(int status, String template, String title, String section, Map<String, Object> what) {
        Map<String, Object> all = new HashMap<>(what);
        all.put("frame", frame(title, section));
        Utf8ByteOutput out = new Utf8ByteOutput();
        templates.render(template + ".jte", all, out);
        response.status(status);
        response.header(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8");
        // Last, as a page's own secret must not be in any cache, and going back after the log-out must not show it.
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        guard(response);
        byte[] page = out.toByteArray();
        boolean packed = page.length > WORTH_PACKING
                && request.headers()
                        .first(HeaderNames.ACCEPT_ENCODING)
                        .orElse("")
                        .contains("gzip");
        if (packed) {
            response.header(HeaderNames.CONTENT_ENCODING, "gzip");
            response.header(HeaderNames.VARY, "Accept-Encoding");
        }
        response.send(packed ? StaticFiles.packed(page) : page);
    }

    static void guard(ServerResponse response) {
        response.header("Content-Security-Policy", POLICY);
        response.header("X-Content-Type-Options", "nosniff");
        response.header("X-Frame-Options", "DENY");
        response.header("Referrer-Policy", "same-origin");
        response.header("Cross-Origin-Opener-Policy", "same-origin");
        response.header("Cross-Origin-Resource-Policy", "same-origin");
    }

    private Frame frame(String title, String section) {
        Caller caller = session == null ? null : session.caller();
        String said = Cookies.value(request, Cookies.SAID);
        if (!said.isEmpty()) {
            Cookies.drop(request, response, Cookies.SAID);
        }
        String theme = Cookies.value(request, Cookies.THEME);
        return new Frame(
                files,
                title,
                section,
                caller,
                session == null ? "" : session.tenant(),
                theme.equals("dark") || theme.equals("light") ? theme : "",
                session == null ? "" : token(session),
                said);
    }

    /** Goes on at {@code path}, which tells what was done. */
    void redirect(String path, String said) {
        if (!said.isEmpty()) {
            Cookies.set(request, response, Cookies.SAID, Api.encoded(said), 60);
        }
        response.status(303);
        response.header(HeaderNames.LOCATION, path);
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        guard(response);
        response.send();
    }

    /** Known to the pages of this session alone: what another site lets a browser send does not hold it. */
    static String token(Sessions.Session session) {
        byte[] digest = StaticFiles.sha256(("form of " + session.secret()).getBytes(StandardCharsets.UTF_8));
        return java.util.HexFormat.of().formatHex(digest, 0, 16);
    }

    /**
     * That this request, which changes something, comes from a page of this console.
     *
     * @throws Problem 403
     */
    void requireOwnForm(boolean inHeader) {
        requireOwnSite(request);
        String sent = inHeader
                ? request.headers().first(HeaderNames.create("X-Form-Token")).orElse("")
                : form().raw("form-token");
        if (session == null
                || !java.security.MessageDigest.isEqual(
                        sent.getBytes(StandardCharsets.UTF_8), token(session).getBytes(StandardCharsets.UTF_8))) {
            throw Problem.forbidden("This form is from before your last log-in, or from another site; open the page"
                    + " again and send it from there.");
        }
    }

    /** @throws Problem 403 if another site's page sent it */
    static void requireOwnSite(ServerRequest request) {
        String site =
                request.headers().first(HeaderNames.create("Sec-Fetch-Site")).orElse("same-origin");
        String origin = request.headers().first(HeaderNames.ORIGIN).orElse("");
        String host = request.headers().first(HeaderNames.HOST).orElse(request.authority());
        boolean own = origin.isEmpty() || origin.endsWith("://" + host);
        if (!(site.equals("same-origin") || site.equals("none")) || !own) {
            throw Problem.forbidden("This was sent by a page of another site.");
        }
    }
}
