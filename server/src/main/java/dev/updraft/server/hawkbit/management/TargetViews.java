package dev.updraft.server.hawkbit.management;

import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.hawkbit.ddi.Settings;
import dev.updraft.server.hawkbit.ddi.Target;
import dev.updraft.server.hawkbit.ddi.Targets;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.Update;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Devices in the shape of hawkBit's targets. */
final class TargetViews {
    private final Targets targets;
    private final DeviceUpdates updates;
    private final Settings settings;
    private final Types types;

    TargetViews(ApiContext parts) {
        this.targets = parts.hawkbit().targets();
        this.updates = parts.updates();
        this.settings = parts.hawkbit().settings();
        this.types = parts.types();
    }

    static boolean isUri(String text) {
        try {
            return URI.create(text).isAbsolute();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What hawkBit calls a device. */
    static String name(Target target, Device device) {
        String name = target.name();
        return name != null ? name : device.id().length() > 128 ? device.id().substring(0, 128) : device.id();
    }

    /** @param full with all links, as one alone is shown */
    ObjectNode of(Device device, Links links, boolean full) {
        Target target = targets.get(device);
        ObjectNode view = HawkbitJson.object()
                .put("controllerId", device.id())
                .put("name", name(target, device))
                .put("updateStatus", status(device))
                .put("requestAttributes", target.attributesWanted());
        new Stamp(target.creator(), device.created(), target.changer(), target.changed()).put(view);
        put(view, "description", target.description());
        put(view, "securityToken", target.token());
        put(view, "group", target.group());
        put(view, "address", target.address());
        put(view, "ipAddress", target.host());
        if (settings.knowsConfirmation(device.tenant())) {
            view.put("autoConfirmActive", target.autoConfirm() != null);
        }
        if (target.type() != null) {
            view.put("targetType", target.type())
                    .put(
                            "targetTypeName",
                            types.get(device.tenant(), Types.Kind.TARGET, target.type())
                                    .name());
        }
        if (target.installedAt() != 0) {
            view.put("installedAt", target.installedAt());
        }
        if (device.seen() != 0) {
            Settings.Expected expected = settings.expected(device.tenant());
            view.put("lastControllerRequestAt", device.seen());
            view.putObject("pollStatus")
                    .put("lastRequestAt", device.seen())
                    .put("nextExpectedRequestAt", device.seen() + expected.nextMillis())
                    .put("overdue", System.currentTimeMillis() > device.seen() + expected.overdueMillis());
        }
        String self = "/rest/v1/targets/" + Links.encode(device.id());
        links.add(view, "self", self);
        if (full) {
            for (String part : List.of("assignedDS", "installedDS", "attributes", "actions", "metadata")) {
                String query = part.equals("actions") ? "?offset=0&limit=50&sort=id%3ADESC" : "";
                links.add(view, part, self + "/" + part + query);
            }
        }
        return view;
    }

    private static void put(ObjectNode view, String name, @Nullable String value) {
        if (value != null) {
            view.put(name, value);
        }
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
