package dev.updraft.server.backup;

import dev.updraft.image.Sha256;
import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Dialect;
import dev.updraft.server.store.Source;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Puts a backup into an empty database and an artifact store. Everything is checked against the manifest on the way; the tables are
 * committed last and all at once, so that a backup that turns out to be damaged leaves the database empty.
 */
public final class Restore {
    private static final int BATCH = 1_000;

    private Restore() {}

    /** What was restored. */
    public record Result(long rows, int artifacts) {}

    /** @throws BackupException if the backup is damaged, or the database is not empty */
    public static Result read(Path file, Source source, Artifacts artifacts) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            Manifest manifest = manifest(file, zip);
            source.migrate(manifest.schema());
            long rows = 0;
            try (Connection connection = source.connect()) {
                connection.setAutoCommit(false);
                requireEmpty(connection);
                clear(connection);
                Map<String, List<String>> tables = Tables.of(connection);
                for (String name : tables.keySet()) {
                    for (Manifest.Table table : manifest.tables()) {
                        if (table.name().equals(name)) {
                            rows += table(file, zip, table, connection);
                        }
                    }
                }
                if (!tables.keySet()
                        .containsAll(manifest.tables().stream()
                                .map(Manifest.Table::name)
                                .toList())) {
                    throw damaged(file, "it has tables that its schema " + manifest.schema() + " does not have");
                }
                for (String sha256 : manifest.artifacts()) {
                    artifact(file, zip, sha256, artifacts);
                }
                if (source.dialect() == Dialect.POSTGRESQL) {
                    advanceKeys(connection, tables);
                }
                connection.commit();
            }
            source.migrate(null);
            return new Result(rows, manifest.artifacts().size());
        } catch (SQLException e) {
            throw new BackupException("The database cannot be written: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new BackupException("The backup '" + file + "' cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static Manifest manifest(Path file, ZipFile zip) throws IOException {
        try (InputStream in = open(file, zip, Manifest.NAME)) {
            Manifest manifest = Json.parse(in.readAllBytes(), Manifest.class);
            if (manifest.format() != Manifest.FORMAT) {
                throw new BackupException("'" + file + "' was made by a newer Updraft; restore it with that.");
            }
            return manifest;
        } catch (Problem e) {
            throw damaged(file, "its manifest cannot be read");
        }
    }

    private static void requireEmpty(Connection connection) throws SQLException {
        for (String table : new String[] {"device", "release", "api_token"}) {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
                rows.next();
                if (rows.getLong(1) != 0) {
                    throw new BackupException("The database is in use: it has rows in '" + table
                            + "'. Restore into a new one, or move the old one away first.");
                }
            }
        }
    }

    /** What migrations put into an empty database is in the backup too. */
    private static void clear(Connection connection) throws SQLException {
        List<String> names = List.copyOf(Tables.of(connection).keySet()).reversed();
        try (Statement statement = connection.createStatement()) {
            for (String name : names) {
                statement.execute("DELETE FROM " + name);
            }
        }
    }

    private static long table(Path file, ZipFile zip, Manifest.Table table, Connection connection)
            throws SQLException, IOException {
        for (String column : table.columns()) {
            if (!column.matches("[a-z0-9_]{1,63}")) {
                throw damaged(file, "'" + column + "' is no column");
            }
        }
        String insert = "INSERT INTO " + table.name() + " (" + String.join(", ", table.columns()) + ") VALUES ("
                + String.join(", ", table.columns().stream().map(c -> "?").toList()) + ")";
        DigestInputStream in =
                new DigestInputStream(open(file, zip, Manifest.tableEntry(table.name())), Sha256.begin());
        long count = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
                PreparedStatement rows = connection.prepareStatement(insert)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Row.read(line, rows);
                rows.addBatch();
                count++;
                if (count % BATCH == 0) {
                    rows.executeBatch();
                }
            }
            rows.executeBatch();
        }
        String digest = HexFormat.of().formatHex(in.getMessageDigest().digest());
        if (count != table.rows() || !digest.equals(table.sha256())) {
            throw damaged(file, "table '" + table.name() + "' is not as it was written");
        }
        return count;
    }

    private static void artifact(Path file, ZipFile zip, String sha256, Artifacts artifacts) throws IOException {
        try (InputStream in = open(file, zip, Manifest.artifactEntry(sha256))) {
            Artifacts.Stored stored = artifacts.store(in, Long.MAX_VALUE);
            if (!stored.sha256().equals(sha256)) {
                artifacts.delete(stored.sha256());
                throw damaged(file, "artifact " + sha256 + " is not as it was written");
            }
        }
    }

    private static void advanceKeys(Connection connection, Map<String, List<String>> tables) throws SQLException {
        for (Map.Entry<String, List<String>> table : tables.entrySet()) {
            if (table.getValue().contains("key")) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SELECT setval(pg_get_serial_sequence('" + table.getKey()
                            + "', 'key'), (SELECT max(key) FROM " + table.getKey() + "))");
                }
            }
        }
    }

    private static InputStream open(Path file, ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw damaged(file, "'" + name + "' is missing");
        }
        return zip.getInputStream(entry);
    }

    private static BackupException damaged(Path file, String how) {
        return new BackupException("The backup '" + file + "' is damaged: " + how + ". Nothing was restored.");
    }
}
