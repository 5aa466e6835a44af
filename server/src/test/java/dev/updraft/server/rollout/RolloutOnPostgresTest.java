package dev.updraft.server.rollout;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Postgres;
import java.nio.file.Path;

/** The same promises, kept on PostgreSQL. */
class RolloutOnPostgresTest extends RolloutTest {
    @Override
    Fixture fixture(Path data) {
        return new Fixture(Fixture.config(data).withDatabase(Postgres.freshDatabase()));
    }
}
