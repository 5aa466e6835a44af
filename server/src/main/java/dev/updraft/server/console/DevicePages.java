package dev.updraft.server.console;

import dev.updraft.server.access.Role;
import dev.updraft.server.access.Sessions;
import dev.updraft.server.http.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** {@code /console/devices}: the list, one device, and what can be done with it. */
final class DevicePages {
    static final int PART = 50;

    record Report(
            long at,
            String event,
            String digest,
            @Nullable String reason,
            @Nullable String detail,
            @Nullable String gateway) {
        /** All that is known beside the event. */
        String why() {
            List<String> parts = new ArrayList<>();
            if (reason != null) {
                parts.add(Words.reason(reason));
            }
            if (detail != null) {
                parts.add(detail);
            }
            if (gateway != null) {
                parts.add("carried by gateway " + gateway);
            }
            return String.join(" · ", parts);
        }
    }

    record Device(
            String id,
            long created,
            @Nullable Long lastSeen,
            @Nullable String board,
            @Nullable String digest,
            @Nullable String version,
            @Nullable Boolean trial,
            @Nullable String gateway,
            @Nullable Map<String, String> attributes,
            List<String> tags,
            @Nullable List<Report> history) {
        boolean onTrial() {
            return Boolean.TRUE.equals(trial);
        }

        Map<String, String> attributesOr() {
            return attributes == null ? Map.of() : attributes;
        }

        List<Report> historyOr() {
            return history == null ? List.of() : history;
        }
    }

    record DeviceList(
            List<Device> devices,
            @Nullable Long total,
            @Nullable String next) {}

    record Update(
            String digest,
            long rollout,
            String state,
            @Nullable String reason,
            long attempts,
            long started,
            long changed) {
        boolean turnedDown() {
            return state.equals("rolled-back") || state.equals("refused");
        }
    }

    record UpdateList(List<Update> updates) {}

    record Point(String holds, String text) {}

    record Why(long release, String version, boolean gets, String answer, List<Point> points) {}

    record Group(String name, String filter) {}

    record GroupList(List<Group> groups) {}

    void pages(Console.Paths paths) {
        paths.get("/devices", this::list)
                .get("/devices/count", this::count)
                .get(
                        "/devices/new",
                        visit -> visit.show("device-new", "Register a device", "devices", Map.of("form", Form.empty())))
                .post("/devices/new", this::register)
                .get("/devices/{id}", this::show)
                .post("/devices/{id}/token", this::renewToken)
                .post("/devices/{id}/retry", this::retry)
                .post("/devices/{id}/offer", this::offer)
                .post("/devices/{id}/consent", this::consent)
                .post("/devices/{id}/tags", this::tag)
                .post("/devices/{id}/remove", this::remove);
    }

    private void list(Visit visit) {
        Form form = Form.empty().with("filter", visit.query("filter"));
        DeviceList devices = new DeviceList(List.of(), null, null);
        long total = -1;
        try {
            devices = visit.api()
                    .get(listed(visit.query("filter"), Integer.toString(PART), visit.query("after")), DeviceList.class);
        } catch (Problem problem) {
            if (problem.status() != 400) {
                throw problem;
            }
            form.wrong("filter", problem.sentence());
        }
        if (form.value("filter").isEmpty()) {
            total = visit.api()
                    .get(Api.Question.of("/overview"))
                    .path("devices")
                    .asLong();
        }
        visit.show(
                form.isWrong() ? 422 : 200,
                "devices",
                "Devices",
                "devices",
                Map.of(
                        "form",
                        form,
                        "devices",
                        devices,
                        "total",
                        total,
                        "first",
                        visit.query("after").isEmpty(),
                        "groups",
                        groups(visit)));
    }

    private static Api.Question listed(String filter, String limit, String after) {
        Map<String, String> query = new HashMap<>(Map.of("after", after, "limit", limit));
        if (!filter.isEmpty()) {
            query.put("filter", filter);
        }
        return new Api.Question("/devices", Map.of(), query);
    }

    static List<Group> groups(Visit visit) {
        return Sessions.may(visit.caller(), Role.VIEWER, "groups", true)
                ? visit.api().get(Api.Question.of("/groups"), GroupList.class).groups()
                : List.of();
    }

    /** For the script that counts while somebody types: {@code {"good":true,"text":"1,234 devices fit"}}. */
    private void count(Visit visit) {
        boolean good = true;
        String text;
        try {
            long total = count(visit, visit.query("filter"));
            text = total == 0 ? "No device fits." : Words.devices(total) + (total == 1 ? " fits." : " fit.");
        } catch (Problem problem) {
            good = false;
            text = problem.sentence();
        }
        Visit.guard(visit.response());
        visit.response().header(HeaderNames.CONTENT_TYPE, "application/json");
        visit.response().header(HeaderNames.CACHE_CONTROL, "no-store");
        visit.response().send(new JsonMapper().writeValueAsBytes(Map.of("good", good, "text", text)));
    }

    static long count(Visit visit, String filter) {
        if (filter.isEmpty()) {
            return visit.api().get(Api.Question.of("/overview")).path("devices").asLong();
        }
        Long total = visit.api()
                .get(Api.Question.of("/devices").with("filter", filter).with("limit", "0"), DeviceList.class)
                .total();
        return total == null ? 0 : total;
    }

    private void register(Visit visit) {
        Form form = visit.form();
        List<String> tags = words(form.value("tags"));
        String id = form.value("id");
        if (id.isEmpty()) {
            form.wrong("id", "Enter the id that the device will use.");
        } else {
            try {
                String token = visit.api()
                        .post(Api.Question.of("/devices"), Map.of("id", id, "tags", tags))
                        .path("token")
                        .asString();
                token(visit, id, token, "The device is registered.");
                return;
            } catch (Problem problem) {
                form.wrong(problem.sentence().contains(" tag") ? "tags" : "id", problem.sentence());
            }
        }
        visit.showAgain("device-new", "Register a device", "devices", Map.of("form", form));
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("[\\s,]+"));
    }

    /** Shows a token, which no other page ever will. */
    private static void token(Visit visit, String id, String token, String done) {
        visit.show(
                "secret",
                "Token of " + id,
                "devices",
                Map.of(
                        "done",
                        done,
                        "hint",
                        "Write it into the device now: it is shown only here. A lost token is replaced by a new one.",
                        "secret",
                        token,
                        "back",
                        path(id),
                        "backText",
                        "To the device"));
    }

    static String path(String id) {
        return Console.HOME + "/devices/" + Api.encoded(id);
    }

    private void show(Visit visit) {
        show(visit, 200, Form.empty());
    }

    private void show(Visit visit, int status, Form form) {
        String id = visit.name("id");
        Device device = visit.api().get(Api.Question.of("/devices/{id}", id), Device.class);
        List<Update> updates = visit.api()
                .get(Api.Question.of("/devices/{id}/updates", id), UpdateList.class)
                .updates();
        List<ReleasePages.Release> releases = ReleasePages.all(visit).stream()
                .filter(release -> release.state().equals("published"))
                .toList()
                .reversed();
        Map<String, String> versions = ReleasePages.byDigest(visit);
        String asked = visit.query("why");
        Why why = asked.matches("\\d{1,18}")
                ? visit.api()
                        .get(
                                new Api.Question("/devices/{id}/why", Map.of("id", id), Map.of("release", asked)),
                                Why.class)
                : null;
        if (!form.has("tags")) {
            form.with("tags", String.join(" ", device.tags()));
        }
        Map<String, Object> what = new HashMap<>();
        what.put("device", device);
        what.put("updates", updates);
        what.put("releases", releases);
        what.put("versions", versions);
        what.put("form", form);
        what.put("timeline", timeline(device, updates, versions));
        if (why != null) {
            what.put("why", why);
        }
        visit.show(status, "device", device.id(), "devices", what);
    }

    /**
     * One thing that happened to a device.
     *
     * @param detail empty = nothing more is known
     */
    record Moment(long at, String colour, String text, String detail, long rollout) {}

    /** Newest first: what the device reported, and what it was offered. */
    private static List<Moment> timeline(Device device, List<Update> updates, Map<String, String> versions) {
        List<Moment> moments = new ArrayList<>();
        Long seen = device.lastSeen();
        if (seen != null) {
            moments.add(new Moment(seen, "idle", "Checked in last", "", 0));
        }
        for (Update update : updates) {
            String of = versions.getOrDefault(update.digest(), Words.start(update.digest()) + "…");
            moments.add(new Moment(
                    update.started(),
                    "move",
                    of + " was offered" + (update.attempts() > 1 ? ", attempt " + update.attempts() : ""),
                    "",
                    update.rollout()));
        }
        for (Report report : device.historyOr()) {
            String of = versions.getOrDefault(report.digest(), Words.start(report.digest()) + "…");
            moments.add(
                    new Moment(report.at(), Words.colour(report.event()), told(report.event(), of), report.why(), 0));
        }
        moments.add(new Moment(device.created(), "idle", "Registered", "", 0));
        moments.sort(java.util.Comparator.comparingLong(Moment::at).reversed());
        return moments;
    }

    private static String told(String event, String version) {
        return switch (event) {
            case "downloading" -> "Began to download " + version;
            case "downloaded" -> "Downloaded " + version;
            case "installing" -> "Restarts to install " + version;
            case "trial" -> "Runs " + version + " on trial";
            case "confirmed" -> "Confirmed " + version;
            case "rolled-back" -> "Rolled back from " + version;
            case "refused" -> "Refused " + version;
            case "failed" -> "Failed on the way to " + version;
            default -> event + " " + version;
        };
    }

    private void renewToken(Visit visit) {
        String id = visit.name("id");
        String token = visit.api()
                .post(Api.Question.of("/devices/{id}/token", id), Map.of())
                .path("token")
                .asString();
        token(visit, id, token, "The device has a new token; the old one has ended.");
    }

    private void retry(Visit visit) {
        String id = visit.name("id");
        visit.api().post(Api.Question.of("/devices/{id}/retry", id), Map.of());
        visit.redirect(
                path(id), "It is offered again at the next check-in, and the device is told to try it all the same.");
    }

    private void offer(Visit visit) {
        String id = visit.name("id");
        Long release = visit.form().whole("release");
        boolean fresh = visit.api()
                .post(
                        Api.Question.of("/devices/{id}/offer", id),
                        Map.of("release", Objects.requireNonNullElse(release, 0L)))
                .path("update")
                .isObject();
        visit.redirect(
                path(id),
                fresh
                        ? "It is offered at the next check-in, before whatever rollouts there are."
                        : "The device has it already, or it is under way.");
    }

    private void consent(Visit visit) {
        String id = visit.name("id");
        visit.api().post(Api.Question.of("/devices/{id}/consent", id), Map.of());
        visit.redirect(path(id), "Consent is given; the update is offered at the next check-in.");
    }

    private void tag(Visit visit) {
        String id = visit.name("id");
        try {
            visit.api()
                    .change(
                            Method.PATCH,
                            Api.Question.of("/devices/{id}", id),
                            Map.of("tags", words(visit.form().value("tags"))));
        } catch (Problem problem) {
            if (problem.status() != 400) {
                throw problem;
            }
            visit.form().wrong("tags", problem.sentence());
            show(visit, 422, visit.form());
            return;
        }
        visit.redirect(path(id), "The tags are set.");
    }

    private void remove(Visit visit) {
        String id = visit.name("id");
        String forever = visit.form().has("forever") ? "true" : "";
        visit.api().change(Method.DELETE, Api.Question.of("/devices/{id}", id).with("forever", forever), Map.of());
        visit.redirect(Console.HOME + "/devices", id + " is removed with its history.");
    }
}
