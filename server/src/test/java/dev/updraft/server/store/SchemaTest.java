package dev.updraft.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaTest {
    @Test
    void aStartThatSkipsTheMigrationsKnowsTheLastOfThem(@TempDir Path folder) throws SQLException {
        String url = "jdbc:sqlite:" + folder.resolve("updraft.db");
        assertThat(Schema.version(url)).isNull();
        Schema.migrate(url, Dialect.SQLITE, null);
        assertThat(Schema.version(url)).isEqualTo(Schema.NEWEST);
    }

    @Test
    void anOlderDatabaseIsBroughtUpToDate(@TempDir Path folder) throws SQLException {
        String url = "jdbc:sqlite:" + folder.resolve("updraft.db");
        Schema.migrate(url, Dialect.SQLITE, "22");
        assertThat(Schema.version(url)).isEqualTo("22");
        Schema.migrate(url, Dialect.SQLITE);
        assertThat(Schema.version(url)).isEqualTo(Schema.NEWEST);
    }

    @Test
    void aMigrationThatFailedIsNotPassedOver(@TempDir Path folder) throws SQLException {
        String url = "jdbc:sqlite:" + folder.resolve("updraft.db");
        Schema.migrate(url, Dialect.SQLITE);
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE schema_history SET success = 0 WHERE version = '" + Schema.NEWEST + "'");
        }
        assertThat(Schema.version(url)).isNull();
    }

    @Test
    void aDatabaseOfANewerServerIsRefusedInOneSentence(@TempDir Path folder) throws SQLException {
        String url = "jdbc:sqlite:" + folder.resolve("updraft.db");
        Schema.migrate(url, Dialect.SQLITE);
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO schema_history SELECT installed_rank + 1, '99', description, type, script, checksum,"
                            + " installed_by, installed_on, execution_time, success FROM schema_history"
                            + " ORDER BY installed_rank DESC LIMIT 1");
        }
        assertThatThrownBy(() -> Schema.migrate(url, Dialect.SQLITE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("newer Updraft");
    }
}
