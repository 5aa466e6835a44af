package dev.updraft.server.hawkbit.ddi;

import dev.updraft.server.artifact.Download;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.http.Problem;
import dev.updraft.server.metric.Meters;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.Action;
import dev.updraft.server.rollout.CronWindow;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.Update;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /{tenant}/controller/v1/{id}}: docs/reference/ddi.md. */
public final class DdiApi implements HttpService {
    private static final int LARGEST_BODY = 64 * 1024;
    private static final int MOST_HISTORY = 100;
    private static final int MOST_IDLE = 4_096;
    private static final String MD5SUM = ".MD5SUM";

    private final Fleet fleet;
    private final Credentials credentials;
    private final Settings settings;
    private final Targets targets;
    private final ActionLog log;
    private final Hashes hashes;
    private final Deployment deployments;
    private final DeploymentTranslation work;
    private final Releases releases;
    private final DeviceUpdates updates;
    private final Download download;
    private final Meters meters;
    private final Addresses addresses;
    private final InstalledSets installedSets;
    private final Map<Idle, HawkbitJson.Rendered> idleAnswers = new ConcurrentHashMap<>();

    DdiApi(
            Fleet fleet,
            Credentials credentials,
            Hawkbit hawkbit,
            DeploymentTranslation work,
            Releases releases,
            DeviceUpdates updates,
            Download download,
            Meters meters,
            Addresses addresses,
            InstalledSets installedSets) {
        this.fleet = fleet;
        this.credentials = credentials;
        this.settings = hawkbit.settings();
        this.targets = hawkbit.targets();
        this.log = hawkbit.log();
        this.hashes = hawkbit.hashes();
        this.deployments = new Deployment(hashes, hawkbit.metadata());
        this.work = work;
        this.releases = releases;
        this.updates = updates;
        this.download = download;
        this.meters = meters;
        this.addresses = addresses;
        this.installedSets = installedSets;
    }

    @Override
    public void routing(HttpRules rules) {
        String base = "/{tenant}/controller/v1/{id}";
        rules.get(base, this::poll)
                .put(base + "/configData", this::configData)
                .get(base + "/deploymentBase/{action}", this::deployment)
                .post(base + "/deploymentBase/{action}/feedback", this::feedback)
                .get(base + "/cancelAction/{action}", this::cancel)
                .post(base + "/cancelAction/{action}/feedback", this::cancelFeedback)
                .get(base + "/installedBase/{action}", this::installed)
                .put(base + "/installedBase", this::hasInstalled)
                .get(base + "/confirmationBase", this::consent)
                .post(base + "/confirmationBase/activateAutoConfirm", this::activate)
                .post(base + "/confirmationBase/deactivateAutoConfirm", this::deactivate)
                .get(base + "/confirmationBase/{action}", this::consentTo)
                .post(base + "/confirmationBase/{action}/feedback", this::consentFeedback)
                .get(base + "/softwaremodules/{module}/artifacts", this::artifacts)
                .get(base + "/softwaremodules/{module}/artifacts/{file}", this::artifact)
                .head(base + "/softwaremodules/{module}/artifacts/{file}", this::artifact);
        for (String path : PATHS) {
            rules.any(base + path, DdiApi::otherMethod);
        }
    }

    private static final List<String> PATHS = List.of(
            "",
            "/configData",
            "/deploymentBase/{action}",
            "/deploymentBase/{action}/feedback",
            "/cancelAction/{action}",
            "/cancelAction/{action}/feedback",
            "/installedBase",
            "/installedBase/{action}",
            "/confirmationBase",
            "/confirmationBase/activateAutoConfirm",
            "/confirmationBase/deactivateAutoConfirm",
            "/confirmationBase/{action}",
            "/confirmationBase/{action}/feedback",
            "/softwaremodules/{module}/artifacts",
            "/softwaremodules/{module}/artifacts/{file}");

    private static void otherMethod(ServerRequest request, ServerResponse response) {
        throw Problem.methodNotAllowed(
                "There is something here, but " + request.prologue().method() + " is not what it takes.");
    }

    private void poll(ServerRequest request, ServerResponse response) {
        Device device = credentials.device(request);
        Update next = work.next(device);
        Target target = cameFrom(request, device);
        meters.checkIn(next != null);
        long seconds = sleep(device, next);
        boolean nothingToDo = next == null && !target.attributesWanted();
        // The way to what is long installed makes half of an idle answer; clients that do not follow links do without.
        if (nothingToDo && (target.installed() == 0 || !HawkbitJson.followsLinks(request))) {
            idleAnswer(HawkbitJson.Form.of(request), seconds).send(request, response);
            return;
        }
        ObjectNode body = polling(seconds);
        addLinks(body, request, next, target);
        HawkbitJson.send(request, response, body);
    }

    /** Remembers where the device came from; it moves seldom, and one that does so all the time is not followed everywhere. */
    private Target cameFrom(ServerRequest request, Device device) {
        Target target = targets.get(device);
        String host = addresses.of(request);
        if (Addresses.isOf(target.address(), host)) {
            return target;
        }
        if (device.changesAgainIn(System.currentTimeMillis()) == 0) {
            targets.change(fleet, device, before -> before.at(Addresses.url(host)));
        }
        return targets.get(device);
    }

    private static ObjectNode polling(long seconds) {
        ObjectNode body = HawkbitJson.object();
        body.putObject("config").putObject("polling").put("sleep", Settings.hms(seconds));
        return body;
    }

    private record Idle(HawkbitJson.Form form, long seconds) {}

    /** Nearly every poll is answered with one of a few bodies. */
    private HawkbitJson.Rendered idleAnswer(HawkbitJson.Form form, long seconds) {
        Idle key = new Idle(form, seconds);
        HawkbitJson.Rendered known = idleAnswers.get(key);
        if (known == null) {
            known = HawkbitJson.Rendered.of(form, polling(seconds));
            if (idleAnswers.size() >= MOST_IDLE) {
                idleAnswers.clear();
            }
            idleAnswers.put(key, known);
        }
        return known;
    }

    private static void addLinks(ObjectNode body, ServerRequest request, @Nullable Update next, Target target) {
        String base = Links.base(request);
        Links links = Links.of(request);
        if (next != null) {
            switch (next.state()) {
                case CANCELLING ->
                    links.add(
                            body,
                            "cancelAction",
                            base + "/cancelAction/" + (isZephyr(request) ? "0" : "") + next.action());
                case AWAITING_CONSENT ->
                    links.add(
                            body,
                            "confirmationBase",
                            base + "/confirmationBase/" + next.action() + "?c="
                                    + handling(next).tag());
                default ->
                    links.add(
                            body,
                            "deploymentBase",
                            base + "/deploymentBase/" + next.action() + "?c="
                                    + handling(next).tag());
            }
        }
        if (target.installed() != 0) {
            links.add(body, "installedBase", base + "/installedBase/" + target.installed());
        }
        if (target.attributesWanted()) {
            links.add(body, "configData", base + "/configData");
        }
    }

    /**
     * Zephyr's client, which alone says neither what it is nor what it accepts. Since 4.1 it passes over the first digit of an action
     * that it is to stop (hawkbit_find_cancel_action_id); with a zero in front that does no harm.
     */
    private static boolean isZephyr(ServerRequest request) {
        return !request.headers().contains(HeaderNames.USER_AGENT)
                && !request.headers().contains(HeaderNames.ACCEPT);
    }

    private static Deployment.Handling handling(Update update) {
        return Deployment.Handling.of(update.mode(), System.currentTimeMillis());
    }

    /** Seconds; before a maintenance window the device comes three times more, so that it is there when it opens. */
    private long sleep(Device device, @Nullable Update next) {
        long usual = settings.pollSeconds(device);
        CronWindow window = next == null ? null : next.mode().window();
        long now = System.currentTimeMillis();
        if (window == null || window.isOpen(now)) {
            return usual;
        }
        return Math.clamp((window.opens(now) - now) / (1_000L * settings.windowPolls(device.tenant())), 1, usual);
    }

    private void configData(ServerRequest request, ServerResponse response) {
        Device device = credentials.device(request);
        JsonNode body = HawkbitJson.read(request, LARGEST_BODY);
        work.attributes(
                device, Attributes.changed(DeploymentTranslation.facts(device).attributes(), body));
        Target target = targets.get(device);
        if (target.attributesWanted()) {
            targets.save(target.wanting(false));
        }
        response.send();
    }

    private void deployment(ServerRequest request, ServerResponse response) {
        Device device = credentials.device(request);
        Action action = action(device, request);
        if (action.update().state() == Update.State.CANCELLING
                || action.update().state() == Update.State.CANCELLED
                || action.update().state() == Update.State.AWAITING_CONSENT) {
            throw noAction();
        }
        work.retrieved(device, action.update());
        send(request, response, device, action, "deployment");
    }

    private void installed(ServerRequest request, ServerResponse response) {
        Device device = credentials.device(request);
        Action action = action(device, request);
        if (action.update().isOpen() || action.update().state() == Update.State.CANCELLED) {
            throw noAction();
        }
        send(request, response, device, action, "deployment");
    }

    /** The device was updated in another way, and says to which set. */
    private void hasInstalled(ServerRequest request, ServerResponse response) {
        Device device = credentials.device(request);
        JsonNode body = HawkbitJson.read(request, LARGEST_BODY);
        String name = body.path("name").asString("");
        String version = body.path("version").asString("");
        if (name.isEmpty() || version.isEmpty()) {
            throw Refusal.CONSTRAINT.of("'name' and 'version' of the distribution set are needed.");
        }
        requireNotTooMuch(device);
        response.status(installedSets.installed(device, name, version) ? 201 : 200)
                .send();
    }

    private void consentTo(ServerRequest request, ServerResponse response) {
        Device device = credentials.device(request);
        Action action = action(device, request);
        if (action.update().state() != Update.State.AWAITING_CONSENT) {
            throw noAction();
        }
        send(request, response, device, action, "confirmation");
    }

    private void send(ServerRequest request, ServerResponse response, Device device, Action action, String member) {
        Release release = releases.with(device.tenant(), action.update().digest());
        Release.Image image =
                release == null ? null : release.imageWith(action.update().digest());
        if (release == null || image == null) {
            throw noAction();
        }
        ObjectNode body = deployments.json(member, action, release, image, Links.base(request), Links.of(request));
        int history = number(request.query().first("actionHistory").orElse("0"));
        if (history != 0) {
            int lines = history < 0 ? MOST_HISTORY : Math.min(history, MOST_HISTORY);
            Deployment.addHistory(body, action.update(), log.of(action.key(), 0, lines));
        }
        HawkbitJson.send(request, response, body);
    }

    private static int number(String text) {
        if (!text.matches("-?\\d{1,9}")) {
            throw Problem.badRequest("'" + text + "' must be a whole number.");
        }
        return Integer.parseInt(text);
    }

    private void feedback(ServerRequest request, ServerResponse response) {
        Device device = credentials.device(request);
        Feedback feedback = Feedback.of(HawkbitJson.read(request, LARGEST_BODY));
        requireNotTooMuch(device);
        boolean taken = fleet.exclusively(device, () -> {
            Update update = action(device, request).update();
            if (update.state() == Update.State.AWAITING_CONSENT) {
                throw noAction();
            }
            boolean laterInstalled = update.state() == Update.State.DOWNLOADED && feedback.closed();
            if (!update.isOpen() && !laterInstalled) {
                return false;
            }
            work.told(device, update, feedback);
            return true;
        });
        if (!taken) {
            response.status(Status.GONE_410).send();
            return;
        }
        meters.report(feedback.type());
        response.send();
    }

    private static void requireNotTooMuch(Device device) {
        long again = device.reportsAgainIn(System.currentTimeMillis());
        if (again > 0) {
            throw Problem.tooMany("This device tells too much; one feedback a second is taken.", (int) again);
        }
    }

    private void cancel(ServerRequest request, ServerResponse response) {
        Device device = credentials.device(request);
        Update update = action(device, request).update();
        if (update.state() != Update.State.CANCELLING && update.state() != Update.State.CANCELLED) {
            throw noAction();
        }
        work.readsCancel(device, update);
        String id = Long.toString(update.action());
        ObjectNode body = HawkbitJson.object().put("id", id);
        body.putObject("cancelAction").put("stopId", id);
        HawkbitJson.send(request, response, body);
    }

    private void cancelFeedback(ServerRequest request, ServerResponse response) {
        Device device = credentials.device(request);
        Feedback feedback = Feedback.of(HawkbitJson.read(request, LARGEST_BODY));
        boolean taken = fleet.exclusively(device, () -> {
            Update update = action(device, request).update();
            if (update.state() != Update.State.CANCELLING) {
                return false;
            }
            work.toldOfStopping(device, update, feedback);
            return true;
        });
        if (!taken) {
            HawkbitJson.sendError(
                    response, 405, "hawkbit.server.error.action.notCancelable", "The action is not being cancelled.");
            return;
        }
        response.send();
    }

    private void consent(ServerRequest request, ServerResponse response) {
        Device device = credentials.device(request);
        Update next = work.next(device);
        String base = Links.base(request);
        Links links = Links.of(request);
        Target.AutoConfirm by = targets.get(device).autoConfirm();
        ObjectNode body = HawkbitJson.object();
        ObjectNode autoConfirm = body.putObject("autoConfirm").put("active", by != null);
        if (by == null) {
            autoConfirm.put("activatedAt", 0);
            links.add(body, "activateAutoConfirm", base + "/confirmationBase/activateAutoConfirm");
        } else {
            autoConfirm
                    .put("initiator", by.initiator())
                    .put("remark", by.remark())
                    .put("activatedAt", by.activatedAt());
            links.add(body, "deactivateAutoConfirm", base + "/confirmationBase/deactivateAutoConfirm");
        }
        if (next != null && next.state() == Update.State.AWAITING_CONSENT) {
            links.add(
                    body,
                    "confirmationBase",
                    base + "/confirmationBase/" + next.action() + "?c="
                            + handling(next).tag());
        }
        HawkbitJson.send(request, response, body);
    }

    private void consentFeedback(ServerRequest request, ServerResponse response) {
        Device device = credentials.device(request);
        JsonNode body = HawkbitJson.read(request, LARGEST_BODY);
        Answer answer = Feedback.word(Answer.class, body.path("confirmation"), "confirmation");
        boolean taken = fleet.exclusively(device, () -> {
            Update update = action(device, request).update();
            if (!update.isOpen()) {
                return false;
            }
            if (update.state() != Update.State.AWAITING_CONSENT) {
                throw noAction();
            }
            work.answered(device, update, answer == Answer.CONFIRMED, Feedback.code(body), Feedback.details(body));
            return true;
        });
        if (!taken) {
            response.status(Status.GONE_410).send();
            return;
        }
        response.send();
    }

    private enum Answer {
        CONFIRMED,
        DENIED
    }

    private void activate(ServerRequest request, ServerResponse response) {
        Device device = credentials.device(request);
        JsonNode body = request.content().hasEntity() ? HawkbitJson.read(request, LARGEST_BODY) : HawkbitJson.object();
        Target target = targets.get(device);
        if (target.autoConfirm() != null) {
            throw Refusal.AUTO_CONFIRM.of("Automatic confirmation is active already.");
        }
        String initiator = text(body, "initiator");
        targets.save(target.confirming(new Target.AutoConfirm(
                initiator == null ? device.id() : initiator, text(body, "remark"), System.currentTimeMillis())));
        response.send();
    }

    private static @Nullable String text(JsonNode body, String name) {
        JsonNode value = body.path(name);
        String text = value.isString() ? value.asString() : null;
        return text != null && text.length() > 512 ? text.substring(0, 512) : text;
    }

    private void deactivate(ServerRequest request, ServerResponse response) {
        Device device = credentials.device(request);
        Target target = targets.get(device);
        if (target.autoConfirm() != null) {
            targets.save(target.confirming(null));
        }
        response.send();
    }

    private void artifacts(ServerRequest request, ServerResponse response) {
        Device device = credentials.device(request);
        String path = Links.base(request) + "/softwaremodules/" + module(request) + "/artifacts";
        List<Release.File> files = given(device, module(request)).files();
        HawkbitJson.send(request, response, deployments.artifacts(files, path, Links.of(request)));
    }

    private void artifact(ServerRequest request, ServerResponse response) throws IOException {
        Device device = credentials.device(request);
        String name = request.path().pathParameters().get("file");
        Given given = given(device, module(request));
        Release.File file = find(given.files(), name);
        if (file != null) {
            boolean whole = request.prologue().method().equals(Method.GET)
                    && !request.headers().contains(HeaderNames.RANGE);
            if (whole) {
                work.downloads(device, given.update(), request.path().absolute().path());
            }
            download.send(request, response, String.valueOf(file.sha256()));
            return;
        }
        Release.File of =
                name.endsWith(MD5SUM) ? find(given.files(), name.substring(0, name.length() - MD5SUM.length())) : null;
        if (of == null) {
            throw Problem.notFound("This module has no such file.");
        }
        String line = hashes.of(String.valueOf(of.sha256())).md5() + "  " + of.filename();
        response.header("Content-Type", "text/plain").send(line.getBytes(StandardCharsets.UTF_8));
    }

    private static String module(ServerRequest request) {
        return request.path().pathParameters().get("module");
    }

    private static Release.@Nullable File find(List<Release.File> files, String name) {
        for (Release.File file : files) {
            if (name.equals(file.filename()) && file.sha256() != null) {
                return file;
            }
        }
        return null;
    }

    private record Given(Update update, List<Release.File> files) {}

    /** The files of a module of an update that is open at {@code device}; of others nothing is given out. */
    private Given given(Device device, String module) {
        for (Update update : updates.of(device)) {
            boolean open = update.isOpen() && update.state() != Update.State.CANCELLING;
            Release release =
                    open && updates.mayFinish(device, update) ? releases.with(device.tenant(), update.digest()) : null;
            Release.Image image = release == null ? null : release.imageWith(update.digest());
            if (release != null && image != null) {
                Map<String, List<Release.File>> modules = Deployment.modules(release, image);
                List<Release.File> files = modules.get(module);
                if (files != null) {
                    return new Given(update, files);
                }
            }
        }
        throw Problem.notFound("No update under way at this device has such a module.");
    }

    private Action action(Device device, ServerRequest request) {
        String key = request.path().pathParameters().get("action");
        if (!key.matches("\\d{1,18}")) {
            throw Refusal.NOT_READABLE.of("The number of an action is a number.");
        }
        Action action = work.action(device, key);
        if (action == null) {
            throw noAction();
        }
        return action;
    }

    private static Problem noAction() {
        return Problem.notFound("The device has no such action.");
    }
}
