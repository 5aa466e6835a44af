package dev.updraft.server.access;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Postgres;
import java.nio.file.Path;

/** The same promises, kept on PostgreSQL. */
class OperatorsOnPostgresTest extends OperatorsTest {
    @Override
    Fixture fixture(Path data) {
        return new Fixture(Fixture.config(data).withDatabase(Postgres.freshDatabase()));
    }
}
