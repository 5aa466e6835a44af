package dev.updraft.server.rollout;

import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.fleet.Facts;
import dev.updraft.server.fleet.Report;
import dev.updraft.server.store.Database;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Every update under way or turned down, by device. Methods that take a device are called holding its monitor. */
final class Updates {
    private final Database database;
    private final RolloutStore store;
    private final Map<Long, Map<Digest, Update>> byDevice = new ConcurrentHashMap<>();

    Updates(Database database, RolloutStore store) {
        this.database = database;
        this.store = store;
        database.read(handle -> {
            store.open(handle, this::remember);
            return true;
        });
    }

    private void remember(Update update) {
        byDevice.computeIfAbsent(update.device(), key -> new ConcurrentHashMap<>(2))
                .put(update.digest(), update);
    }

    @Nullable
    Update find(Device device, Digest digest) {
        Map<Digest, Update> updates = byDevice.get(device.key());
        return updates == null ? null : updates.get(digest);
    }

    /** Records that {@code device} is offered {@code digest}; nothing to record if it was before. */
    void offered(Device device, Digest digest, long rollout) {
        Update before = find(device, digest);
        if (before != null && before.rollout() == rollout && before.state() != Update.State.FAILED) {
            return;
        }
        long now = System.currentTimeMillis();
        Update update = new Update(device.key(), digest, rollout, Update.State.OFFERED, null, now, now);
        database.change(handle -> store.save(handle, update));
        remember(update);
    }

    /** What a report means for the update it is about; null if it is about none of ours. */
    @Nullable
    Step reported(Device device, Report report) {
        Update before = find(device, report.digest());
        return before == null
                ? null
                : new Step(before.moved(Update.State.of(report.event()), report.reason(), report.at()));
    }

    /**
     * What a check-in means: a device that runs the image unconfirmed is on trial, one that runs it confirmed has succeeded even
     * if its report got lost, and one that was on trial and runs something else has gone back.
     */
    @Nullable
    Step running(Device device, Facts now) {
        Map<Digest, Update> updates = byDevice.get(device.key());
        if (updates == null) {
            return null;
        }
        long at = System.currentTimeMillis();
        for (Update update : updates.values()) {
            boolean runs = update.digest().equals(now.digest());
            if (runs && !now.trial()) {
                return new Step(update.moved(Update.State.CONFIRMED, null, at));
            }
            if (runs && update.state() != Update.State.TRIAL) {
                return new Step(update.moved(Update.State.TRIAL, null, at));
            }
            if (!runs && !now.trial() && update.state() == Update.State.TRIAL) {
                return new Step(update.moved(Update.State.ROLLED_BACK, "not-confirmed", at));
            }
        }
        return null;
    }

    /** A change to one update: written inside the caller's transaction, taken over once that is committed. */
    final class Step {
        private final Update after;

        private Step(Update after) {
            this.after = after;
        }

        void write(Handle handle) {
            store.save(handle, after);
        }

        void apply() {
            if (after.state() == Update.State.CONFIRMED) {
                byDevice.computeIfPresent(after.device(), (key, updates) -> {
                    updates.remove(after.digest());
                    return updates.isEmpty() ? null : updates;
                });
            } else {
                remember(after);
            }
        }
    }
}
