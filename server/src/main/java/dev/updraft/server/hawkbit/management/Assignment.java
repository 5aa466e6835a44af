package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.hawkbit.ddi.ActionLog;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.hawkbit.ddi.Settings;
import dev.updraft.server.hawkbit.ddi.Target;
import dev.updraft.server.hawkbit.ddi.Targets;
import dev.updraft.server.http.Page;
import dev.updraft.server.http.Problem;
import dev.updraft.server.release.Release;
import dev.updraft.server.rollout.CronWindow;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.InstallMode;
import dev.updraft.server.rollout.Update;
import io.helidon.webserver.http.ServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Gives distribution sets to targets. */
final class Assignment {
    private static final Set<String> KNOWN =
            Set.of("id", "type", "forcetime", "maintenanceWindow", "weight", "confirmationRequired");

    private final Fleet fleet;
    private final Distributions distributions;
    private final DeviceUpdates updates;
    private final ActionLog log;
    private final Settings settings;
    private final Targets targets;
    private final Types types;

    Assignment(ApiContext parts) {
        this.fleet = parts.fleet();
        this.distributions = parts.distributions();
        this.updates = parts.updates();
        this.log = parts.hawkbit().log();
        this.settings = parts.hawkbit().settings();
        this.targets = parts.hawkbit().targets();
        this.types = parts.types();
    }

    record One(Device device, InstallMode mode) {}

    /** What came of it, in hawkBit's shape. */
    static final class Outcome {
        private final List<Long> actions = new ArrayList<>();
        private final List<String> devices = new ArrayList<>();
        private long already;

        void add(Device device, @Nullable Update update) {
            if (update == null) {
                already++;
            } else {
                actions.add(update.action());
                devices.add(device.id());
            }
        }

        ObjectNode json(Links links) {
            ObjectNode body = HawkbitJson.object()
                    .put("assigned", actions.size())
                    .put("alreadyAssigned", already)
                    .put("total", actions.size() + already);
            ArrayNode assigned = body.putArray("assignedActions");
            for (int i = 0; i < actions.size(); i++) {
                links.add(
                        assigned.addObject().put("id", actions.get(i)),
                        "self",
                        "/rest/v1/targets/" + Links.encode(devices.get(i)) + "/actions/" + actions.get(i));
            }
            return body;
        }
    }

    /** Whether only that is to be written down which was done by hand. */
    static boolean isOffline(ServerRequest request) {
        return request.query().first("offline").orElse("").equals("true");
    }

    /** How an assignment is to be taken, as hawkBit's bodies say it. */
    InstallMode mode(long tenant, JsonNode body) {
        RequestBody.requireKnown(body, KNOWN, "an assignment");
        return read(tenant, body);
    }

    /** {@link #mode} of a body that says other things too. */
    InstallMode read(long tenant, JsonNode body) {
        Boolean consent = RequestBody.flag(body, "confirmationRequired");
        boolean asks = consent == null ? settings.asksConfirmation(tenant) : consent;
        Long weight = RequestBody.numberOr(body, "weight", null);
        if (weight != null && (weight < 0 || weight > 1_000)) {
            throw Refusal.CONSTRAINT.of("'weight' is a number from 0 to 1000.");
        }
        InstallMode.Type type = type(RequestBody.textOr(body, "type", "forced"));
        Long forceAt = RequestBody.numberOr(body, "forcetime", null);
        InstallMode mode = new InstallMode(
                type == InstallMode.Type.FORCED ? null : type,
                type == InstallMode.Type.TIMEFORCED || (forceAt != null && forceAt > 0) ? forceAt : null,
                asks ? true : null,
                window(body.path("maintenanceWindow")),
                weight == null ? null : weight.intValue());
        try {
            mode.check(System.currentTimeMillis());
        } catch (Problem wrong) {
            throw (mode.window() == null ? Refusal.CONSTRAINT : Refusal.WINDOW).of(wrong.sentence());
        }
        return mode;
    }

    /** hawkBit's words for a type. */
    static InstallMode.Type type(@Nullable String word) {
        String upper = String.valueOf(word).toUpperCase(Locale.ROOT);
        for (InstallMode.Type type : InstallMode.Type.values()) {
            if (type.name().equals(upper)) {
                return type;
            }
        }
        throw Refusal.NOT_READABLE.of("'type' is forced, soft, timeforced or downloadonly.");
    }

    private static @Nullable CronWindow window(JsonNode window) {
        return window.isObject()
                ? new CronWindow(
                        RequestBody.text(window, "schedule"),
                        RequestBody.text(window, "duration"),
                        RequestBody.text(window, "timezone"))
                : null;
    }

    /** @param offline true to write down that it has been done */
    void assign(Distributions.Distribution set, List<One> to, Caller caller, Outcome outcome, boolean offline) {
        distributions.requireAssignable(set);
        to.forEach(one -> requireFits(set, one.device()));
        if (to.isEmpty()) {
            return;
        }
        Release release = distributions.fix(set);
        for (One one : to) {
            outcome.add(
                    one.device(),
                    offline
                            ? record(one.device(), release, caller.name())
                            : assign(one.device(), release, one.mode(), caller.name()));
        }
    }

    /** Null if the device has it, or it is under way. */
    @Nullable
    Update assign(Device device, Release release, InstallMode mode, String by) {
        return updates.assign(
                device,
                release,
                mode,
                by,
                settings.closesObsolete(device.tenant()),
                (handle, stopped) -> log.add(
                        handle,
                        stopped.device(),
                        stopped.action(),
                        stopped.state() == Update.State.CANCELLED ? "canceled" : "canceling",
                        null,
                        List.of(ActionLog.SERVER + "cancel obsolete action due to new update")));
    }

    /** Writes down that the device has it; null if that is known. */
    @Nullable
    Update record(Device device, Release release, String by) {
        Target[] held = {null};
        Update update = updates.record(device, release, by, (handle, done) -> {
            log.add(
                    handle,
                    done.device(),
                    done.action(),
                    "finished",
                    null,
                    List.of(ActionLog.SERVER + "Distribution set was assigned offline."));
            held[0] = targets.get(device).finished(done.action());
            targets.write(handle, held[0]);
        });
        if (held[0] != null) {
            targets.hold(held[0]);
        }
        return update;
    }

    /** Stops what is open of {@code release}: asks the devices to, or, with {@code force}, ends it here. */
    void stopAll(long tenant, Release release, boolean force) {
        List<Device> all = Page.scan(() -> fleet.all(tenant).stream()
                .filter(device -> updates.of(device).stream()
                        .anyMatch(update -> update.isOpen() && release.imageWith(update.digest()) != null))
                .toList());
        all.forEach(device -> fleet.exclusively(device, () -> {
            for (Update update : updates.of(device)) {
                Update.State to = force ? Update.State.CANCELLED : Update.State.CANCELLING;
                if (update.isOpen() && update.state() != to && release.imageWith(update.digest()) != null) {
                    updates.move(
                            device,
                            update,
                            to,
                            "the distribution set was invalidated",
                            handle -> log.add(
                                    handle,
                                    device.key(),
                                    update.action(),
                                    force ? "canceled" : "canceling",
                                    null,
                                    List.of(ActionLog.SERVER + "Distribution set was invalidated.")));
                }
            }
        }));
    }

    /** Whether the target's type takes the set's. */
    boolean fits(Distributions.Distribution set, Device device) {
        Long type = targets.get(device).type();
        if (type == null) {
            return true;
        }
        List<Types.Type> taken = types.taken(type);
        return taken.isEmpty() || taken.stream().anyMatch(one -> one.typeKey().equals(set.type()));
    }

    private void requireFits(Distributions.Distribution set, Device device) {
        if (!fits(set, device)) {
            throw Refusal.TYPE_INCOMPATIBLE.of("The type of target '" + device.id()
                    + "' takes no distribution sets of the type '" + set.type() + "'; nothing was assigned.");
        }
    }
}
