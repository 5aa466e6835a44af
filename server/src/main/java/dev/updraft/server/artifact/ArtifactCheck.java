package dev.updraft.server.artifact;

import dev.updraft.server.store.Database;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Reads every artifact once after the start and once a day, slowly: disks forget what nobody reads. */
public final class ArtifactCheck implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ArtifactCheck.class.getName());
    private static final long AGAIN_SECONDS = Duration.ofDays(1).toSeconds();

    /** Rest after one, in times of what it took. */
    private static final int REST = 4;

    private final Database database;
    private final Artifacts artifacts;
    private final CountDownLatch closing = new CountDownLatch(1);

    public ArtifactCheck(Database database, Artifacts artifacts) {
        this.database = database;
        this.artifacts = artifacts;
        Thread.ofPlatform().name("updraft-artifact-check").daemon(true).start(this::run);
    }

    private void run() {
        try {
            do {
                for (String sha256 : known()) {
                    long begin = System.nanoTime();
                    check(sha256);
                    if (closing.await(REST * (System.nanoTime() - begin), TimeUnit.NANOSECONDS)) {
                        return;
                    }
                }
            } while (!closing.await(AGAIN_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> known() {
        try {
            return database.read(handle -> handle.createQuery("SELECT DISTINCT sha256 FROM artifact")
                    .map((rs, context) -> HexFormat.of().formatHex(rs.getBytes("sha256")))
                    .list());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "the artifacts could not be checked; tried again in a day", e);
            return List.of();
        }
    }

    private void check(String sha256) {
        try {
            artifacts.verify(sha256);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, e, () -> "artifact " + sha256 + " could not be checked");
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
