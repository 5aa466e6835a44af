package dev.updraft.server.hawkbit.management;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Postgres;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** The same promises, kept on PostgreSQL. */
@Tag("slow")
class EntitiesOnPostgresTest extends EntitiesTest {
    @Override
    Fixture fixture(Path data) {
        return new Fixture(Fixture.config(data).withDatabase(Postgres.freshDatabase()));
    }
}
