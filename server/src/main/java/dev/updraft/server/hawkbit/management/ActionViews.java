package dev.updraft.server.hawkbit.management;

import dev.updraft.server.fleet.Device;
import dev.updraft.server.hawkbit.ddi.ActionLog;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.Action;
import dev.updraft.server.rollout.CronWindow;
import dev.updraft.server.rollout.InstallMode;
import dev.updraft.server.rollout.Update;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Actions in hawkBit's shape, and what is asked of one. */
final class ActionViews {
    private final Releases releases;
    private final Distributions distributions;

    ActionViews(Releases releases, Distributions distributions) {
        this.releases = releases;
        this.distributions = distributions;
    }

    ObjectNode of(Device device, Action action, Links links) {
        Update update = action.update();
        InstallMode mode = update.mode();
        boolean stopped = update.state() == Update.State.CANCELLING || update.state() == Update.State.CANCELLED;
        ObjectNode view = HawkbitJson.object()
                .put("id", action.key())
                .put("type", stopped ? "cancel" : "update")
                .put("active", update.isOpen())
                .put("status", update.isOpen() ? "pending" : "finished")
                .put("detailStatus", detail(update))
                .put("forceType", mode.typeOr().label());
        if (mode.forceAt() != null) {
            view.put("forceTime", mode.forceAt());
        }
        if (update.rollout() != Update.ASSIGNED) {
            view.put("rollout", update.rollout());
        }
        CronWindow window = mode.window();
        if (window != null) {
            view.putObject("maintenanceWindow")
                    .put("schedule", window.schedule())
                    .put("duration", window.duration())
                    .put("timezone", window.timezone());
        }
        view.put("initiatedBy", action.initiator())
                .put("createdBy", action.initiator().isEmpty() ? "rollout" : action.initiator())
                .put("lastModifiedBy", action.initiator().isEmpty() ? "rollout" : action.initiator())
                .put("weight", 1_000)
                .put("createdAt", update.started())
                .put("lastModifiedAt", update.changed());
        String target = "/rest/v1/targets/" + Links.encode(device.id());
        links.add(view, "self", target + "/actions/" + action.key());
        links.add(view, "target", target);
        links.add(view, "status", target + "/actions/" + action.key() + "/status?offset=0&limit=50&sort=id:DESC");
        Distributions.Distribution set = distribution(device.tenant(), update);
        if (set != null) {
            links.add(view, "distributionset", "/rest/v1/distributionsets/" + set.key());
        }
        return view;
    }

    Distributions.@Nullable Distribution distribution(long tenant, Update update) {
        Release release = releases.with(tenant, update.digest());
        return release == null ? null : distributions.of(tenant, release);
    }

    private static String detail(Update update) {
        return switch (update.state()) {
            case AWAITING_CONSENT -> "wait_for_confirmation";
            case OFFERED, DOWNLOADING, INSTALLING, TRIAL, FAILED -> "running";
            case DOWNLOADED -> "downloaded";
            case CONFIRMED -> "finished";
            case ROLLED_BACK, REFUSED -> "error";
            case CANCELLING -> "canceling";
            case CANCELLED -> "canceled";
        };
    }

    /** The oldest line of every action, in hawkBit's words. */
    static ObjectNode beginning(Action action) {
        Update update = action.update();
        String who = update.rollout() == Update.ASSIGNED
                ? "user '" + action.initiator() + "'"
                : "rollout '" + update.rollout() + "'";
        ObjectNode view =
                HawkbitJson.object().put("id", 0).put("type", "running").put("reportedAt", update.started());
        view.putArray("messages").add("Assignment initiated by " + who);
        return view;
    }

    static ObjectNode line(ActionLog.Line line) {
        ObjectNode view = HawkbitJson.object()
                .put("id", line.key())
                .put("type", line.type())
                .put("reportedAt", line.at());
        ArrayNode messages = view.putArray("messages");
        line.messages().forEach(messages::add);
        if (line.code() != null) {
            view.put("code", line.code());
        }
        return view;
    }

    /** How an assignment or a rollout is to be taken, as hawkBit's bodies say it. */
    static InstallMode mode(JsonNode body) {
        String type = RequestBody.textOr(body, "type", "forced");
        boolean consent = body.path("confirmationRequired").asBoolean(false);
        return new InstallMode(
                Feasible.type(type),
                RequestBody.numberOr(body, "forcetime", null),
                consent ? true : null,
                window(body.path("maintenanceWindow")));
    }

    private static @Nullable CronWindow window(JsonNode window) {
        return window.isObject()
                ? new CronWindow(
                        RequestBody.text(window, "schedule"),
                        RequestBody.text(window, "duration"),
                        RequestBody.text(window, "timezone"))
                : null;
    }

    /** hawkBit's words for a type. */
    private static final class Feasible {
        static InstallMode.@Nullable Type type(@Nullable String word) {
            String upper = String.valueOf(word).toUpperCase(Locale.ROOT);
            for (InstallMode.Type type : InstallMode.Type.values()) {
                if (type.name().equals(upper)) {
                    return type == InstallMode.Type.FORCED ? null : type;
                }
            }
            throw dev.updraft.server.http.Problem.badRequest("'type' is forced, soft, timeforced or downloadonly.");
        }
    }
}
