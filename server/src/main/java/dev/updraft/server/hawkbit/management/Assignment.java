package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.hawkbit.ddi.ActionLog;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.release.Release;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.InstallMode;
import dev.updraft.server.rollout.Update;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Gives distribution sets to targets. */
final class Assignment {
    private final Distributions distributions;
    private final DeviceUpdates updates;
    private final ActionLog log;

    Assignment(ApiContext parts) {
        this.distributions = parts.distributions();
        this.updates = parts.updates();
        this.log = parts.hawkbit().log();
    }

    record One(Device device, InstallMode mode) {}

    /** What came of it, in hawkBit's shape. */
    static final class Outcome {
        private final List<Long> actions = new ArrayList<>();
        private long already;

        ObjectNode json() {
            ObjectNode body = HawkbitJson.object()
                    .put("assigned", actions.size())
                    .put("alreadyAssigned", already)
                    .put("total", actions.size() + already);
            ArrayNode assigned = body.putArray("assignedActions");
            actions.forEach(action -> assigned.addObject().put("id", action));
            return body;
        }
    }

    void assign(Distributions.Distribution set, List<One> to, Caller caller, Outcome outcome) {
        to.forEach(one -> one.mode().check(System.currentTimeMillis()));
        Release release = distributions.fix(set);
        for (One one : to) {
            Update update = updates.assign(
                    one.device(),
                    release,
                    one.mode(),
                    caller.name(),
                    (handle, stopped) -> log.add(
                            handle,
                            stopped.device(),
                            stopped.action(),
                            "canceling",
                            null,
                            List.of(ActionLog.SERVER + "cancel obsolete action due to new update")));
            if (update == null) {
                outcome.already++;
            } else {
                outcome.actions.add(update.action());
            }
        }
    }
}
