package dev.updraft.server.hawkbit.management;

import dev.updraft.server.hawkbit.ddi.ActionLog;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.Action;
import dev.updraft.server.rollout.CronWindow;
import dev.updraft.server.rollout.InstallMode;
import dev.updraft.server.rollout.Rollouts;
import dev.updraft.server.rollout.Update;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Actions in hawkBit's shape. */
final class ActionViews {
    private static final int USUAL_WEIGHT = 1_000;

    private final Releases releases;
    private final Distributions distributions;
    private final Rollouts rollouts;

    ActionViews(ApiContext parts) {
        this.releases = parts.releases();
        this.distributions = parts.distributions();
        this.rollouts = parts.rollouts();
    }

    ObjectNode of(long tenant, ActionRows.Row row, Links links, boolean full) {
        Action action = row.action();
        Update update = action.update();
        InstallMode mode = update.mode();
        boolean stopped = update.state() == Update.State.CANCELLING || update.state() == Update.State.CANCELLED;
        ObjectNode view = HawkbitJson.object()
                .put("id", action.key())
                .put("type", stopped ? "cancel" : "update")
                .put("active", update.isOpen())
                .put("status", row.status())
                .put("forceType", mode.typeOr().label())
                .put("weight", mode.weight() == null ? USUAL_WEIGHT : mode.weight());
        if (mode.forceAt() != null) {
            view.put("forceTime", mode.forceAt());
        }
        if (row.code() != null) {
            view.put("lastStatusCode", row.code());
        }
        if (update.rollout() != Update.ASSIGNED) {
            view.put("rollout", update.rollout()).put("rolloutName", rollouts.name(tenant, update.rollout()));
        }
        CronWindow window = mode.window();
        if (window != null) {
            view.putObject("maintenanceWindow")
                    .put("schedule", window.schedule())
                    .put("duration", window.duration())
                    .put("timezone", window.timezone());
        }
        String by = action.initiator();
        new Stamp(by, update.started(), by, update.changed()).put(view);
        String target = "/rest/v1/targets/" + Links.encode(row.device());
        links.add(view, "self", target + "/actions/" + action.key());
        if (full) {
            if (stopped) {
                links.add(view, "canceledaction", target + "/actions/" + action.key());
            }
            links.named(view, "target", target, row.name());
            Distributions.Distribution set = distribution(tenant, update);
            if (set != null) {
                links.named(
                        view,
                        "distributionset",
                        "/rest/v1/distributionsets/" + set.key(),
                        set.name() + ":" + set.version());
            }
            links.add(view, "status", target + "/actions/" + action.key() + "/status?offset=0&limit=50&sort=id%3ADESC");
        }
        return view;
    }

    Distributions.@Nullable Distribution distribution(long tenant, Update update) {
        Release release = releases.with(tenant, update.digest());
        return release == null ? null : distributions.of(tenant, release);
    }

    /** The oldest line of every action, in hawkBit's words. */
    static ObjectNode beginning(Action action) {
        Update update = action.update();
        String who = update.rollout() == Update.ASSIGNED
                ? "user '" + action.initiator() + "'"
                : "rollout '" + update.rollout() + "'";
        ObjectNode view = HawkbitJson.object()
                .put("id", 0)
                .put("type", "running")
                .put("reportedAt", update.started())
                .put("timestamp", update.started());
        view.putArray("messages").add("Assignment initiated by " + who);
        return view;
    }

    static ObjectNode line(ActionLog.Line line) {
        ObjectNode view = HawkbitJson.object()
                .put("id", line.key())
                .put("type", line.type())
                .put("reportedAt", line.at())
                .put("timestamp", line.at());
        ArrayNode messages = view.putArray("messages");
        line.messages().forEach(messages::add);
        if (line.code() != null) {
            view.put("code", line.code());
        }
        return view;
    }
}
