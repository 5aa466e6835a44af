package dev.updraft.server.retention;

import dev.updraft.server.store.Dialect;
import dev.updraft.server.store.Source;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What one table takes.
 *
 * @param bytes with its indexes
 * @param rows counted; on PostgreSQL as its statistics have them
 */
public record Size(String table, long rows, long bytes) {
    private static final String SQLITE = "SELECT m.tbl_name AS name, SUM(s.pgsize) AS bytes FROM dbstat s"
            + " JOIN sqlite_master m ON m.name = s.name GROUP BY m.tbl_name";
    private static final String POSTGRESQL = "SELECT relname AS name, pg_total_relation_size(relid) AS bytes,"
            + " n_live_tup AS tuples FROM pg_stat_user_tables";

    /**
     * Every table of a database, the largest first.
     *
     * @throws SQLException if it cannot be read
     */
    public static List<Size> of(Source source) throws SQLException {
        boolean postgresql = source.dialect() == Dialect.POSTGRESQL;
        List<Size> sizes = new ArrayList<>();
        try (Connection connection = source.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(postgresql ? POSTGRESQL : SQLITE)) {
            while (rows.next()) {
                String table = rows.getString("name");
                long count = postgresql ? rows.getLong("tuples") : count(connection, table);
                sizes.add(new Size(table, count, rows.getLong("bytes")));
            }
        }
        sizes.sort(Comparator.comparingLong(Size::bytes).reversed().thenComparing(Size::table));
        return sizes;
    }

    private static long count(Connection connection, String table) throws SQLException {
        if (!table.matches("[a-z_]+") || table.startsWith("sqlite_")) {
            return 0;
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }
}
