package dev.updraft.gateway.course;

import dev.updraft.gateway.fleet.Denied;
import dev.updraft.gateway.fleet.ImageCache;
import dev.updraft.gateway.fleet.Unreachable;
import dev.updraft.gateway.fleet.UpdateServer;
import dev.updraft.gateway.link.Place;
import dev.updraft.gateway.smp.Patience;
import dev.updraft.gateway.smp.Pipe;
import dev.updraft.gateway.smp.Refusal;
import dev.updraft.gateway.smp.SmpClient;
import dev.updraft.gateway.smp.SmpDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Looks after whatever device is at one place, for as long as the gateway runs. */
public final class Keeper implements Runnable {
    /** Pauses after failures in a row are doubled up to this many times the first. */
    private static final int BACK_OFF_MOST = 32;

    /** Who is where, so that one device that is reached on two ways is updated on one. */
    private static final class Taken {
        private final Map<String, Keeper> byId = new ConcurrentHashMap<>();
    }

    /** What all keepers of a gateway have in common. */
    public static final class Common {
        private final UpdateServer server;
        private final ImageCache cache;
        private final Installations installations;
        private final BiConsumer<Place, Progress> show;
        private final Patience patience;
        private final Taken taken = new Taken();

        /** @param installations where is remembered what devices of other makes were told to try */
        public Common(
                UpdateServer server,
                ImageCache cache,
                Path installations,
                Patience patience,
                BiConsumer<Place, Progress> show) {
            this.patience = patience;
            this.server = server;
            this.cache = cache;
            this.installations = new Installations(installations);
            this.show = show;
        }
    }

    private final Place place;
    private final Common common;
    private final Visit visit;
    private volatile Progress progress = Progress.LOOKING;
    private volatile boolean closed;
    private int failures;

    public Keeper(Place place, @Nullable Foreign foreign, Common common) {
        this.place = place;
        this.common = common;
        this.visit = new Visit(common.server, common.cache, common.installations, foreign, common.patience, this::told);
    }

    private void told(Progress now) {
        progress = now;
        common.show.accept(place, now);
    }

    /** Ends {@link #run} soon. */
    public void close() {
        closed = true;
    }

    @Override
    public void run() {
        while (!closed && !Thread.currentThread().isInterrupted()) {
            try (Pipe pipe = place.open()) {
                keep(pipe);
            } catch (IOException gone) {
                release();
                if (!closed) {
                    told(progress.with("away", gone.getMessage()));
                    sleep(backOff());
                }
            }
        }
        release();
    }

    /** The device may now turn up at another place. */
    private void release() {
        common.taken.byId.values().removeIf(other -> other == this);
    }

    private void keep(Pipe pipe) throws IOException {
        Duration due = Duration.ZERO;
        Visit.@Nullable Presence before = null;
        while (!closed && !Thread.currentThread().isInterrupted()) {
            // After each start of the device, and each silence, there may be half a packet on the way.
            SmpDevice device = new SmpDevice(new SmpClient(pipe, place.framing()), common.patience);
            try {
                Visit.Presence now = visit.look(device);
                boolean changed = !now.equals(before);
                if (before != null && !Objects.equals(before.id(), now.id())) {
                    release();
                }
                before = now;
                failures = 0;
                if (isElsewhere(now)) {
                    told(progress.with("waiting", "the same device is updated at another place"));
                    due = common.patience.later();
                } else if (changed || due.isZero()) {
                    due = visit.run(device);
                }
            } catch (SmpClient.NoAnswer silent) {
                release();
                before = null;
                due = Duration.ZERO;
                told(progress.state().equals("installing") ? progress : progress.with("away", silent.getMessage()));
                sleep(common.patience.soon());
                continue;
            } catch (Unreachable server) {
                told(progress.with("waiting", server.getMessage()));
                due = server.retryAfter() > 0 ? Duration.ofSeconds(server.retryAfter()) : backOff();
            } catch (Denied denied) {
                told(progress.with(
                        "waiting", "the server does not let this gateway act for it: " + denied.getMessage()));
                due = common.patience.later();
            } catch (Refusal refusal) {
                told(progress.with("waiting", "the device refuses: " + refusal.getMessage()));
                due = common.patience.later();
            }
            Duration pause = due.compareTo(common.patience.look()) > 0 ? common.patience.look() : due;
            sleep(pause);
            due = due.minus(pause);
        }
    }

    private boolean isElsewhere(Visit.Presence now) {
        return now.id() != null && common.taken.byId.computeIfAbsent(now.id(), id -> this) != this;
    }

    private Duration backOff() {
        failures++;
        return common.patience.soon().multipliedBy(Math.min(1L << Math.min(failures, 10), BACK_OFF_MOST));
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
