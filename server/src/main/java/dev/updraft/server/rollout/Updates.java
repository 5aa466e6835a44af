package dev.updraft.server.rollout;

import dev.updraft.server.event.EventType;
import dev.updraft.server.event.Events;
import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.fleet.Report;
import dev.updraft.server.http.Json;
import dev.updraft.server.release.Version;
import dev.updraft.server.store.Change;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Every update under way, turned down or assigned, by device, and how many are where. Methods that take a device are called holding its monitor. */
final class Updates {
    private final Database database;
    private final RolloutStore store;
    private final Fleet fleet;
    private final Map<Long, List<Update>> byDevice = new ConcurrentHashMap<>();
    private final Map<Long, EnumMap<Update.State, Long>> counts = new ConcurrentHashMap<>();

    /** Devices that a rollout has brought to its image, where that may take them out of its filter. */
    private final Map<Long, Set<Long>> brought = new ConcurrentHashMap<>();

    Updates(Database database, RolloutStore store, Fleet fleet) {
        this.database = database;
        this.store = store;
        this.fleet = fleet;
        database.changes().follow(Topic.UPDATE, this::follow);
        database.changes().load(handle -> {
            store.open(handle, this::remember);
            store.counts(handle).forEach(count -> count(count.rollout(), count.state(), count.devices()));
            store.all(handle).forEach(rollout -> keepMembers(handle, rollout));
            return true;
        });
        fleet.onRemove(this::removing);
    }

    /** From now on {@code rollout} keeps those whom it has offered something, whatever its filter says of them then. */
    void keepMembers(Rollout rollout) {
        if (rollout.options().filterMayChange()) {
            brought.computeIfAbsent(rollout.key(), key -> ConcurrentHashMap.newKeySet());
        }
    }

    private void keepMembers(Handle handle, Rollout rollout) {
        keepMembers(rollout);
        Set<Long> devices = brought.get(rollout.key());
        if (devices != null) {
            store.confirmed(handle, rollout.key(), devices::add);
        }
    }

    /** Whether {@code rollout} has offered {@code device} something, or brought it to its image. */
    boolean joined(long rollout, Device device) {
        for (Update update : of(device)) {
            if (update.rollout() == rollout) {
                return true;
            }
        }
        Set<Long> devices = brought.get(rollout);
        return devices != null && devices.contains(device.key());
    }

    private Runnable removing(Handle handle, Device device) {
        List<RolloutStore.Count> gone = store.counts(handle, device.key());
        gone.forEach(one -> database.changes()
                .note(Topic.UPDATE, device.key(), () -> Json.string(Move.gone(device, one.rollout(), one.state()))));
        return () -> {
            gone.forEach(one -> count(one.rollout(), one.state(), -1));
            drop(device.key());
        };
    }

    private void drop(long device) {
        byDevice.remove(device);
        brought.values().forEach(devices -> devices.remove(device));
    }

    @Nullable
    Update find(Device device, Digest digest) {
        for (Update update : of(device)) {
            if (update.digest().equals(digest)) {
                return update;
            }
        }
        return null;
    }

    /** How many devices of {@code rollout} are in each state. */
    Map<Update.State, Long> counts(long rollout) {
        EnumMap<Update.State, Long> of = counts.get(rollout);
        if (of == null) {
            return Map.of();
        }
        synchronized (of) {
            return new EnumMap<>(of);
        }
    }

    List<Update> of(Device device) {
        return byDevice.getOrDefault(device.key(), List.of());
    }

    /** What an operator gave this very device last. */
    @Nullable
    Update assigned(Device device) {
        Update newest = null;
        for (Update update : of(device)) {
            if (update.rollout() == Update.ASSIGNED && (newest == null || update.action() > newest.action())) {
                newest = update;
            }
        }
        return newest;
    }

    /** Records that {@code device} is offered {@code digest}; nothing to record if it was before. */
    Update offered(Device device, Digest digest, long rollout, InstallMode mode) {
        Update before = find(device, digest);
        if (before != null && before.rollout() == rollout && !before.turnedDown()) {
            return before;
        }
        Step step = database.write(handle -> begin(handle, device, digest, rollout, mode, ""));
        step.apply();
        return step.after();
    }

    /** Writes a new attempt; the caller applies it once it is committed. */
    Step begin(Handle handle, Device device, Digest digest, long rollout, InstallMode mode, String initiator) {
        fleet.requireSame(handle, device);
        Update held = find(device, digest);
        Update before = held != null ? held : store.find(handle, device.key(), digest);
        long now = System.currentTimeMillis();
        long attempts = before != null && before.turnedDown() ? before.attempts() + 1 : 1;
        Update.State first = mode.asksConsent() ? Update.State.AWAITING_CONSENT : Update.State.OFFERED;
        Update draft = new Update(device.key(), digest, rollout, 0, mode, first, null, attempts, now, now);
        Step step = new Step(device, before, draft.withAction(store.begin(handle, draft, initiator)));
        step.write(handle);
        return step;
    }

    Step moved(Device device, Update update, Update.State to, @Nullable String why) {
        return new Step(device, update, update.moved(to, why, System.currentTimeMillis()));
    }

    Step forced(Device device, Update update) {
        return new Step(device, update, update.with(update.mode().forcing()));
    }

    /** What a report means for the update it is about; null if it is about none of ours, or too late to mean anything. */
    @Nullable
    Step reported(Device device, Report report) {
        Update held = find(device, report.digest());
        Update before =
                held != null ? held : database.read(handle -> store.find(handle, device.key(), report.digest()));
        Update.State to = Update.State.of(report.event());
        if (before == null || (before.state() == Update.State.CONFIRMED && to != Update.State.ROLLED_BACK)) {
            return null;
        }
        // Without a number it may be an old one: what has ended is not begun again by it.
        if (report.seq() == 0 && before.turnedDown() && to != Update.State.CONFIRMED) {
            return null;
        }
        return new Step(device, before, before.moved(to, report.reason(), report.at()));
    }

    /** A device that ran an image confirmed and now runs what no update of ours led to, and nothing newer, has gone back. */
    @Nullable
    Step goneBack(Device device, CheckIn now) {
        CheckIn was = device.facts();
        if (was == null || was.trial() || now.trial() || was.digest().equals(now.digest())) {
            return null;
        }
        Version before = Version.parse(was.version());
        Version after = Version.parse(now.version());
        boolean newer = before != null && after != null && after.compareTo(before) > 0;
        if (newer || find(device, now.digest()) != null) {
            return null;
        }
        Update held = find(device, was.digest());
        Update update = held != null ? held : database.read(handle -> store.find(handle, device.key(), was.digest()));
        return update == null || update.state() != Update.State.CONFIRMED
                ? null
                : new Step(
                        device,
                        update,
                        update.moved(
                                Update.State.ROLLED_BACK, "went-back-after-confirming", System.currentTimeMillis()));
    }

    /**
     * What a check-in means: a device that runs the image unconfirmed is on trial, one that runs it confirmed has succeeded even
     * if its report got lost, and one that was on trial and runs something else has gone back.
     */
    @Nullable
    Step running(Device device, CheckIn now) {
        long at = System.currentTimeMillis();
        for (Update update : of(device)) {
            boolean runs = update.digest().equals(now.digest());
            if (update.state() == Update.State.CONFIRMED) {
                continue;
            }
            if (runs && !now.trial()) {
                return new Step(device, update, update.moved(Update.State.CONFIRMED, null, at));
            }
            if (runs && update.state() != Update.State.TRIAL) {
                return new Step(device, update, update.moved(Update.State.TRIAL, null, at));
            }
            if (!runs && !now.trial() && update.state() == Update.State.TRIAL) {
                return new Step(device, update, update.moved(Update.State.ROLLED_BACK, "not-confirmed", at));
            }
            // A chip that asks what to do works on nothing; a hawkBit client says itself that it has stopped.
            if (!runs && update.state() == Update.State.CANCELLING && !now.takesFiles()) {
                return new Step(device, update, update.moved(Update.State.CANCELLED, null, at));
            }
        }
        return null;
    }

    /** A step as the other server processes are told of it: where the update stood, and all of where it stands. */
    record Move(
            long tenant,
            String id,
            @Nullable Long fromRollout,
            Update.@Nullable State fromState,
            Digest digest,
            long rollout,
            long action,
            InstallMode mode,
            Update.State state,
            @Nullable String reason,
            long attempts,
            long started,
            long changed,
            Update.@Nullable State revived) {
        private static final long GONE = -1;

        /** What was counted of a device that was removed. */
        static Move gone(Device device, long rollout, Update.State state) {
            return new Move(
                    device.tenant(),
                    device.id(),
                    rollout,
                    state,
                    new Digest(0, 0, 0, 0),
                    rollout,
                    GONE,
                    InstallMode.FORCED,
                    state,
                    null,
                    0,
                    0,
                    0,
                    null);
        }

        boolean isGone() {
            return action == GONE;
        }
    }

    private void follow(List<Change> changes) {
        for (Change change : changes) {
            Move move = Json.parse(Objects.requireNonNull(change.detail()), Move.class);
            if (move.isGone()) {
                count(move.rollout(), move.state(), -1);
                drop(change.subject());
                continue;
            }
            Update after = new Update(
                    change.subject(),
                    move.digest(),
                    move.rollout(),
                    move.action(),
                    move.mode(),
                    move.state(),
                    move.reason(),
                    move.attempts(),
                    move.started(),
                    move.changed());
            if (move.fromRollout() != null && move.fromState() != null) {
                count(move.fromRollout(), move.fromState(), -1);
            }
            if (move.revived() != null) {
                count(move.rollout(), move.revived(), -1);
            }
            take(after);
            Device device = fleet.find(move.tenant(), move.id());
            if (device != null) {
                device.reconsider();
            }
        }
    }

    private void take(Update after) {
        count(after.rollout(), after.state(), 1);
        if (after.state() == Update.State.CONFIRMED && after.rollout() != Update.ASSIGNED) {
            Set<Long> devices = brought.get(after.rollout());
            if (devices != null) {
                devices.add(after.device());
            }
            forget(after);
        } else {
            remember(after);
        }
    }

    /** A change to one update: written inside the caller's transaction, taken over once that is committed. */
    final class Step {
        private final Device device;
        private final @Nullable Update before;
        private final Update after;
        private Update.@Nullable State revived;

        private Step(Device device, @Nullable Update before, Update after) {
            this.device = device;
            this.before = before;
            this.after = after;
        }

        Update after() {
            return after;
        }

        void write(Handle handle) {
            if (before != null && isTakenOver()) {
                store.keepPast(handle, before);
            }
            revived = before != null && before.rollout() == after.rollout() ? null : store.takePast(handle, after);
            store.save(handle, after);
            EventType type = switch (after.state()) {
                case CONFIRMED -> EventType.UPDATE_CONFIRMED;
                case ROLLED_BACK -> EventType.UPDATE_ROLLED_BACK;
                case REFUSED -> EventType.UPDATE_REFUSED;
                case FAILED -> EventType.UPDATE_FAILED;
                default -> null;
            };
            if (type != null) {
                Events.add(handle, device.tenant(), type, told());
            }
            database.changes().note(Topic.UPDATE, device.key(), () -> Json.string(move()));
        }

        /** Another rollout's, whose count of it stays. */
        private boolean isTakenOver() {
            return before != null && before.rollout() != Update.ASSIGNED && before.rollout() != after.rollout();
        }

        private Map<String, Object> told() {
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("device", device.id());
            told.put("digest", after.digest().toString());
            told.put("rollout", after.rollout());
            if (after.reason() != null) {
                told.put("reason", after.reason());
            }
            return told;
        }

        private Move move() {
            return new Move(
                    device.tenant(),
                    device.id(),
                    before == null || isTakenOver() ? null : before.rollout(),
                    before == null || isTakenOver() ? null : before.state(),
                    after.digest(),
                    after.rollout(),
                    after.action(),
                    after.mode(),
                    after.state(),
                    after.reason(),
                    after.attempts(),
                    after.started(),
                    after.changed(),
                    revived);
        }

        void apply() {
            if (before != null && !isTakenOver()) {
                count(before.rollout(), before.state(), -1);
            }
            if (revived != null) {
                count(after.rollout(), revived, -1);
            }
            take(after);
        }
    }

    private void count(long rollout, Update.State state, long change) {
        EnumMap<Update.State, Long> of = counts.computeIfAbsent(rollout, key -> new EnumMap<>(Update.State.class));
        synchronized (of) {
            of.merge(state, change, Long::sum);
        }
    }

    private void remember(Update update) {
        byDevice.compute(update.device(), (key, updates) -> {
            if (updates == null) {
                return List.of(update);
            }
            List<Update> now = new ArrayList<>(updates);
            now.removeIf(other -> other.digest().equals(update.digest()) || isOutdated(other, update));
            now.add(update);
            return List.copyOf(now);
        });
    }

    /** Of what was assigned and confirmed, only the newest says anything about what comes next. */
    private static boolean isOutdated(Update old, Update update) {
        return old.rollout() == Update.ASSIGNED
                && update.rollout() == Update.ASSIGNED
                && old.state() == Update.State.CONFIRMED
                && old.action() < update.action();
    }

    private void forget(Update update) {
        byDevice.computeIfPresent(update.device(), (key, updates) -> {
            List<Update> now = updates.stream()
                    .filter(other -> !other.digest().equals(update.digest()))
                    .toList();
            return now.isEmpty() ? null : now;
        });
    }
}
