package dev.updraft.server.tls;

import io.helidon.webserver.WebServer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Takes a renewed certificate while the server runs: certificates of today live for weeks, connections of devices for days. */
public final class Renewal implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Renewal.class.getName());

    private final CountDownLatch closing = new CountDownLatch(1);
    private final TlsFiles files;
    private final WebServer web;
    private final long everyMillis;
    private long stamp;
    private volatile Instant ends;

    public Renewal(TlsFiles files, WebServer web, long everyMillis) {
        this.files = files;
        this.web = web;
        this.everyMillis = everyMillis;
        this.stamp = files.stamp();
        this.ends = files.ends();
        if (hasEnded(ends)) {
            LOG.warning("the TLS certificate ended at " + ends + "; devices that know the time will refuse it");
        }
        Thread.ofVirtual().name("updraft-tls-renewal").start(this::run);
    }

    private void run() {
        try {
            while (!closing.await(everyMillis, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        long now = files.stamp();
        if (now == stamp) {
            return;
        }
        try {
            Instant newEnd = files.ends();
            if (hasEnded(newEnd) && !hasEnded(ends)) {
                LOG.warning("the changed TLS certificate ended at " + newEnd + "; the one before it stays");
                stamp = now;
                return;
            }
            web.reloadTls(files.load());
            stamp = now;
            ends = newEnd;
            LOG.info("the TLS certificate was renewed");
        } catch (RuntimeException e) {
            // Half-copied files, most likely: the old certificate stays until the next look.
            LOG.log(Level.WARNING, "the changed TLS files cannot be used yet", e);
        }
    }

    /** Whole days until the certificate that is served ends; negative once it has. */
    public long daysLeft() {
        return Duration.between(Instant.now(), ends).toDays();
    }

    private static boolean hasEnded(Instant end) {
        return end.isBefore(Instant.now());
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
