package dev.updraft.server.backup;

import dev.updraft.image.Sha256;
import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.http.Json;
import dev.updraft.server.store.Dialect;
import dev.updraft.server.store.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a backup, while servers run or not. The tables are read in one transaction, so they are of one moment; artifacts never change
 * and are there before the database names them, so they may be read after it.
 */
public final class Backup {
    private Backup() {}

    /** What was written. */
    public record Result(long rows, int artifacts, long bytes) {}

    /**
     * @param file to write; nothing is there under this name until the backup is whole
     * @throws BackupException if it cannot be made
     */
    public static Result write(Source source, Artifacts artifacts, Path file) {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            Result result;
            try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(partial));
                    Connection connection = source.connect()) {
                result = write(source, connection, artifacts, zip);
            }
            long bytes = Files.size(partial);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new Result(result.rows(), result.artifacts(), bytes);
        } catch (SQLException e) {
            throw new BackupException("The database cannot be read: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new BackupException("The backup '" + file + "' cannot be written: " + e.getMessage() + ".", e);
        } finally {
            partial.toFile().delete();
        }
    }

    private static Result write(Source source, Connection connection, Artifacts artifacts, ZipOutputStream zip)
            throws SQLException, IOException {
        connection.setAutoCommit(false);
        if (source.dialect() == Dialect.POSTGRESQL) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setReadOnly(true);
        }
        String schema = schema(connection);
        List<Manifest.Table> tables = new ArrayList<>();
        Set<String> needed = new TreeSet<>();
        Set<String> named = new TreeSet<>();
        long rows = 0;
        for (Map.Entry<String, List<String>> table : Tables.of(connection).entrySet()) {
            Manifest.Table written = table(connection, table.getKey(), table.getValue(), zip);
            tables.add(written);
            rows += written.rows();
            if (table.getValue().contains("sha256")) {
                (table.getKey().equals("artifact") ? needed : named).addAll(hashes(connection, table.getKey()));
            }
        }
        connection.rollback();
        named.removeAll(needed);
        List<String> kept = new ArrayList<>();
        for (String sha256 : needed) {
            artifact(artifacts, sha256, zip);
            kept.add(sha256);
        }
        for (String sha256 : named) {
            // Not every hash in a table is one of bytes that are kept.
            if (artifacts.size(sha256) >= 0) {
                artifact(artifacts, sha256, zip);
                kept.add(sha256);
            }
        }
        zip.putNextEntry(new ZipEntry(Manifest.NAME));
        zip.write(Json.bytes(new Manifest(Manifest.FORMAT, schema, System.currentTimeMillis(), tables, kept)));
        zip.closeEntry();
        return new Result(rows, kept.size(), 0);
    }

    private static String schema(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT version FROM schema_history WHERE version IS NOT NULL"
                        + " ORDER BY installed_rank DESC LIMIT 1")) {
            if (!rows.next()) {
                throw new SQLException("it has no schema; start a server on it once.");
            }
            return rows.getString(1);
        }
    }

    private static Manifest.Table table(Connection connection, String name, List<String> columns, ZipOutputStream zip)
            throws SQLException, IOException {
        zip.putNextEntry(new ZipEntry(Manifest.tableEntry(name)));
        DigestOutputStream out = new DigestOutputStream(zip, Sha256.begin());
        long count = 0;
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(1_000);
            try (ResultSet rows = statement.executeQuery("SELECT " + String.join(", ", columns) + " FROM " + name)) {
                while (rows.next()) {
                    out.write(Row.write(rows, columns.size()));
                    count++;
                }
            }
        }
        zip.closeEntry();
        String digest = HexFormat.of().formatHex(out.getMessageDigest().digest());
        return new Manifest.Table(name, columns, count, digest);
    }

    private static List<String> hashes(Connection connection, String table) throws SQLException {
        List<String> hashes = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT DISTINCT sha256 FROM " + table + " WHERE sha256 IS NOT NULL")) {
            while (rows.next()) {
                hashes.add(HexFormat.of().formatHex(rows.getBytes(1)));
            }
        }
        return hashes;
    }

    private static void artifact(Artifacts artifacts, String sha256, ZipOutputStream zip) throws IOException {
        long size = artifacts.size(sha256);
        if (size < 0) {
            throw new BackupException("The artifact " + sha256 + " is missing from the artifact store; a backup without"
                    + " it would not be whole.");
        }
        zip.putNextEntry(new ZipEntry(Manifest.artifactEntry(sha256)));
        try (InputStream in = artifacts.open(sha256, 0, size)) {
            in.transferTo(zip);
        }
        zip.closeEntry();
    }
}
