package dev.updraft.server.backup;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The tables of a database and their columns, in an order in which no row is inserted before the one that it refers to. */
final class Tables {
    /** What belongs to one installation and is no part of its fleet. */
    private static final Set<String> NOT_KEPT = Set.of("schema_history", "change_log", "event");

    private Tables() {}

    static Map<String, List<String>> of(Connection connection) throws SQLException {
        DatabaseMetaData data = connection.getMetaData();
        String schema = connection.getSchema();
        List<String> names = new ArrayList<>();
        try (ResultSet rows = data.getTables(null, schema, "%", new String[] {"TABLE"})) {
            while (rows.next()) {
                String name = rows.getString("TABLE_NAME");
                if (!NOT_KEPT.contains(name) && !name.toLowerCase(Locale.ROOT).startsWith("sqlite_")) {
                    names.add(name);
                }
            }
        }
        names.sort(null);
        Set<String> done = new HashSet<>();
        Map<String, List<String>> tables = new LinkedHashMap<>();
        while (tables.size() < names.size()) {
            int before = tables.size();
            for (String name : names) {
                if (!done.contains(name) && done.containsAll(references(data, schema, name))) {
                    tables.put(name, columns(data, schema, name));
                    done.add(name);
                }
            }
            if (tables.size() == before) {
                throw new SQLException("tables refer to each other in a circle");
            }
        }
        return tables;
    }

    private static Set<String> references(DatabaseMetaData data, String schema, String table) throws SQLException {
        Set<String> others = new HashSet<>();
        try (ResultSet rows = data.getImportedKeys(null, schema, table)) {
            while (rows.next()) {
                others.add(rows.getString("PKTABLE_NAME"));
            }
        }
        others.remove(table);
        return others;
    }

    private static List<String> columns(DatabaseMetaData data, String schema, String table) throws SQLException {
        List<String> columns = new ArrayList<>();
        // An underscore in the name would stand for any character.
        try (ResultSet rows = data.getColumns(null, schema, table, "%")) {
            while (rows.next()) {
                if (rows.getString("TABLE_NAME").equals(table)) {
                    columns.add(rows.getString("COLUMN_NAME"));
                }
            }
        }
        return columns;
    }
}
