package dev.updraft.server.overview;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Postgres;
import java.nio.file.Path;

/** The same, on PostgreSQL. */
class GlanceOnPostgresTest extends GlanceTest {
    @Override
    Fixture fixture(Path data) {
        return new Fixture(Fixture.config(data).withDatabase(Postgres.freshDatabase()));
    }
}
