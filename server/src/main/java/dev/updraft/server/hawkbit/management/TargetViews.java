package dev.updraft.server.hawkbit.management;

import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.hawkbit.ddi.Target;
import dev.updraft.server.hawkbit.ddi.Targets;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.Update;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Devices in the shape of hawkBit's targets. */
final class TargetViews {
    private static final long USUAL_POLL_MILLIS = 300_000;
    private static final long OVERDUE_MILLIS = 600_000;

    private final Targets targets;
    private final DeviceUpdates updates;

    TargetViews(Targets targets, DeviceUpdates updates) {
        this.targets = targets;
        this.updates = updates;
    }

    ObjectNode of(Device device, Links links) {
        Target target = targets.get(device);
        ObjectNode view = HawkbitJson.object()
                .put("controllerId", device.id())
                .put("name", target.name() == null ? device.id() : target.name())
                .put("createdAt", device.created())
                .put("lastModifiedAt", device.created())
                .put("updateStatus", status(device))
                .put("requestAttributes", target.attributesWanted())
                .put("autoConfirmActive", target.autoConfirm() != null);
        if (target.description() != null) {
            view.put("description", target.description());
        }
        if (target.token() != null) {
            view.put("securityToken", target.token());
        }
        if (device.seen() != 0) {
            view.put("lastControllerRequestAt", device.seen());
            view.putObject("pollStatus")
                    .put("lastRequestAt", device.seen())
                    .put("nextExpectedRequestAt", device.seen() + USUAL_POLL_MILLIS)
                    .put("overdue", System.currentTimeMillis() > device.seen() + OVERDUE_MILLIS);
        }
        ArrayNode tags = view.putArray("tag");
        device.tags().forEach(tags::add);
        String self = "/rest/v1/targets/" + Links.encode(device.id());
        links.add(view, "self", self);
        for (String part : List.of("assignedDS", "installedDS", "attributes", "actions")) {
            String query = part.equals("actions") ? "?offset=0&limit=50&sort=id:DESC" : "";
            links.add(view, part, self + "/" + part + query);
        }
        return view;
    }

    /** hawkBit's word: whether the device is where it shall be. */
    String status(Device device) {
        List<Update> all = updates.of(device);
        if (all.stream().anyMatch(Update::isOpen)) {
            return "pending";
        }
        CheckIn facts = device.facts();
        boolean failed = all.stream()
                .anyMatch(
                        update -> update.state() == Update.State.ROLLED_BACK || update.state() == Update.State.REFUSED);
        if (failed) {
            return "error";
        }
        if (targets.get(device).installed() != 0) {
            return "in_sync";
        }
        return facts == null && device.seen() == 0 ? "unknown" : "registered";
    }
}
