package dev.updraft.gateway.course;

import dev.updraft.gateway.fleet.Denied;
import dev.updraft.gateway.fleet.ImageCache;
import dev.updraft.gateway.fleet.Offer;
import dev.updraft.gateway.fleet.Unreachable;
import dev.updraft.gateway.fleet.UpdateServer;
import dev.updraft.gateway.smp.Patience;
import dev.updraft.gateway.smp.Refusal;
import dev.updraft.gateway.smp.SmpDevice;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway does each time it looks at one device: delivers how the last update ended, checks in for it, and brings it what is offered.
 * Everything that must outlive the gateway is on the device or the server (for devices of other makes: in {@link Installations}), so a visit
 * that was broken off anywhere is just made again.
 */
final class Visit {
    /** Seconds, between check-ins: docs/reference/device-protocol.md. */
    private static final long SHORTEST_PAUSE = 5;

    private static final long LONGEST_PAUSE = 7L * 24 * 3600;

    /** Reasons about the image itself: it would be refused each time (docs/reference/device-protocol.md). */
    private static final Set<String> FINAL =
            Set.of("digest", "board", "counter", "malformed", "signature", "dependency", "too-large");

    /** The image group's own codes that say the same. */
    private static final Map<Integer, String> FINAL_CODES =
            Map.of(22, "malformed", 23, "malformed", 24, "digest", 29, "malformed", 30, "too-large");

    private final UpdateServer server;
    private final ImageCache cache;
    private final Installations installations;
    private final @Nullable Foreign foreign;
    private final Patience patience;
    private final Consumer<Progress> show;

    private Progress progress = Progress.LOOKING;
    private @Nullable String lastReported;

    Visit(
            UpdateServer server,
            ImageCache cache,
            Installations installations,
            @Nullable Foreign foreign,
            Patience patience,
            Consumer<Progress> show) {
        this.server = server;
        this.cache = cache;
        this.installations = installations;
        this.foreign = foreign;
        this.patience = patience;
        this.show = show;
    }

    /** Who is there and what it runs, to see whether a look is worth a visit. */
    record Presence(@Nullable String id, List<SmpDevice.Image> images) {}

    Presence look(SmpDevice device) throws IOException, Refusal {
        device.greet();
        SmpDevice.Self self = device.self();
        return new Presence(self == null ? null : self.id(), device.images());
    }

    /**
     * Makes one visit.
     *
     * @return how long until the next one is due
     */
    Duration run(SmpDevice device) throws IOException, Refusal, Denied {
        device.greet();
        SmpDevice.Self self = device.self();
        String id = self != null ? self.id() : foreign != null ? foreign.id() : null;
        if (id == null) {
            tell(progress.with("waiting", "an SMP server of another make: say who it is with --device"));
            return patience.later();
        }
        List<SmpDevice.Image> images = device.images();
        SmpDevice.Image running = running(images);
        if (running == null) {
            tell(progress.with("waiting", "nothing runs on it"));
            return patience.later();
        }
        tell(new Progress(id, version(running), progress.state(), -1, null));
        boolean settled = self != null ? deliverOutcome(device, id) : settle(device, id, running, images);
        if (!settled) {
            return patience.soon();
        }
        if (self != null && !running.confirmed()) {
            tell(progress.now("trial"));
            server.checkIn(id, self.checkIn());
            return patience.soon();
        }
        UpdateServer.CheckedIn in = checkIn(device, id, self, running);
        if (in.offer() == null) {
            if (!progress.state().equals("confirmed") && !progress.state().equals("rolled-back")) {
                tell(progress.now("up-to-date"));
            }
            Duration next = Duration.ofSeconds(Math.clamp(in.nextSeconds(), 1, LONGEST_PAUSE));
            return next.compareTo(patience.checkIn()) < 0 || in.nextSeconds() <= SHORTEST_PAUSE
                    ? patience.checkIn()
                    : next;
        }
        return bring(device, id, self, running, in.offer());
    }

    private void tell(Progress now) {
        if (!now.equals(progress)) {
            progress = now;
            show.accept(now);
        }
    }

    private static SmpDevice.@Nullable Image running(List<SmpDevice.Image> images) {
        return images.stream()
                .filter(SmpDevice.Image::active)
                .findFirst()
                // the servers of bootloaders name no slot active
                .orElse(images.stream()
                        .filter(image -> image.slot() == 0)
                        .findFirst()
                        .orElse(null));
    }

    /** Four numbers of an image's header as the protocol writes them: {@code a.b.c+build}. */
    private static String version(SmpDevice.Image image) {
        String[] parts = image.version().split("\\.", -1);
        String three = parts.length > 3 ? parts[0] + "." + parts[1] + "." + parts[2] : image.version();
        return parts.length > 3 && !parts[3].equals("0") ? three + "+" + parts[3] : three;
    }

    private UpdateServer.CheckedIn checkIn(
            SmpDevice device, String id, SmpDevice.@Nullable Self self, SmpDevice.Image running)
            throws IOException, Denied {
        return self != null || foreign == null
                ? server.checkIn(id, self == null ? new byte[0] : self.checkIn())
                : server.checkIn(
                        id,
                        running.digest(),
                        version(running),
                        foreign.board(),
                        device.stagingSize(),
                        !running.confirmed());
    }

    /** How the last update of an Updraft device ended is kept there until the server has it. */
    private boolean deliverOutcome(SmpDevice device, String id) throws IOException, Refusal, Denied {
        SmpDevice.Outcome outcome = device.outcome();
        if (outcome == null) {
            return true;
        }
        server.report(id, outcome.report()); // one that the server will never take is forgotten, too
        device.acknowledge(outcome);
        tell(progress.now(outcome.confirmed() ? "confirmed" : "rolled-back"));
        return true;
    }

    /** What became of an image that a device of another make was told to try. */
    private boolean settle(SmpDevice device, String id, SmpDevice.Image running, List<SmpDevice.Image> images)
            throws IOException, Refusal, Denied {
        Installations.Installation installation = installations.of(id);
        if (installation == null) {
            return true;
        }
        String tried = installation.digest();
        if (running.digest().equals(tried)) {
            if (!running.confirmed()) {
                server.report(id, "trial", tried, null, null);
                device.confirm();
            }
            server.report(id, "confirmed", tried, null, null);
            installations.end(id);
            tell(progress.now("confirmed"));
            return true;
        }
        if (images.stream().anyMatch(image -> image.pending() && image.digest().equals(tried))) {
            tell(progress.now("installing"));
            device.reset(); // the gateway ended before it asked for that
            return false;
        }
        if (installation.granted()) {
            server.report(id, "rolled-back", tried, "not-confirmed", null);
            tell(progress.now("rolled-back"));
        }
        installations.end(id);
        return true;
    }

    private Duration bring(
            SmpDevice device, String id, SmpDevice.@Nullable Self self, SmpDevice.Image running, Offer offer)
            throws IOException, Refusal, Denied {
        try {
            if (!offer.kind().equals("image")) {
                return refused(id, offer, "malformed", "the gateway takes whole images only");
            }
            if (!isStaged(device, offer)) {
                upload(device, id, offer);
            }
            // It may have been withdrawn since it was offered.
            Offer still = checkIn(device, id, self, running).offer();
            if (still == null || !still.sha256().equals(offer.sha256())) {
                return patience.soon();
            }
            if (self == null) {
                installations.begin(id, offer.digest());
            }
            device.test(offer.digest());
            if (self == null) {
                installations.granted(id, offer.digest());
            }
        } catch (Refusal refusal) {
            String reason = finalReason(refusal);
            return reason != null ? refused(id, offer, reason, refusal.getMessage()) : heldUp(id, offer, refusal);
        }
        tell(progress.now("installing"));
        server.report(id, "installing", offer.digest(), null, null);
        device.reset();
        lastReported = null;
        return patience.soon();
    }

    private static boolean isStaged(SmpDevice device, Offer offer) throws IOException, Refusal {
        return device.images().stream()
                .anyMatch(image -> image.slot() == 1 && image.digest().equals(offer.digest()));
    }

    private void upload(SmpDevice device, String id, Offer offer) throws IOException, Refusal, Denied {
        tell(progress.now("fetching"));
        byte[] file = cache.get(id, offer);
        server.report(id, "downloading", offer.digest(), null, null);
        tell(progress.uploading(0));
        device.upload(file, offer.sha256Bytes(), has -> tell(progress.uploading((int) (has * 100L / file.length))));
        server.report(id, "downloaded", offer.digest(), null, null);
    }

    private static @Nullable String finalReason(Refusal refusal) {
        String reason = refusal.reason();
        return reason != null && FINAL.contains(reason) ? reason : FINAL_CODES.get(refusal.groupCode());
    }

    private Duration refused(String id, Offer offer, String reason, @Nullable String detail)
            throws Unreachable, Denied {
        server.report(id, "refused", offer.digest(), reason, detail);
        tell(progress.with("refused", reason + (detail == null ? "" : ": " + detail)));
        return patience.checkIn();
    }

    /** For a reason of the moment: told to the server once, tried again. */
    private Duration heldUp(String id, Offer offer, Refusal refusal) throws Unreachable, Denied {
        String why = String.valueOf(refusal.getMessage());
        tell(progress.with("waiting", "the device refuses: " + why));
        if (!why.equals(lastReported)) {
            lastReported = why;
            String reason = refusal.reason();
            server.report(id, "failed", offer.digest(), reason == null ? "device" : reason, why);
        }
        return "download".equals(refusal.reason()) ? patience.soon() : patience.later();
    }
}
