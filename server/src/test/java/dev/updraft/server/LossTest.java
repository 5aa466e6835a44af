package dev.updraft.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Loss;
import dev.updraft.server.testing.Postgres;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that was acknowledged is lost when the server is killed. {@code bench/server/loss} runs it with a hundred kills. */
class LossTest {
    private static final int KILLS = Integer.getInteger("updraft.kills", 0);
    private static final int KILLS_IN_CHECK = 5;

    private static void holds(Path data, @Nullable String database, int kills) throws InterruptedException {
        long seed = Long.getLong("updraft.seed", System.nanoTime());
        Loss.Outcome outcome = new Loss(data, database, 32, seed).run(kills);
        System.out.println((database == null ? "SQLite: " : "PostgreSQL: ") + outcome + ", seed " + seed);
        assertThat(outcome.violations()).as("seed %d", seed).isEmpty();
        // Otherwise it has proven nothing.
        assertThat(outcome.registrations()).isGreaterThan(kills);
        assertThat(outcome.reports()).isGreaterThan(kills);
        assertThat(outcome.changes()).isGreaterThan(kills);
        assertThat(outcome.offers()).isGreaterThan(kills);
    }

    @Test
    void onSqlite(@TempDir Path data) throws InterruptedException {
        holds(data, null, KILLS > 0 ? KILLS : KILLS_IN_CHECK);
    }

    @Test
    void onPostgres(@TempDir Path data) throws InterruptedException {
        org.junit.jupiter.api.Assumptions.assumeTrue(KILLS > 0, "bench/server/loss runs it");
        holds(data, Postgres.freshDatabase(), KILLS);
    }
}
