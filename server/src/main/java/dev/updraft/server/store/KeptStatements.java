package dev.updraft.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.statement.DefaultStatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;

/** Prepares each SQL once for a connection: SQLite's driver keeps no statements, and preparing costs more than a small insert. */
final class KeptStatements extends DefaultStatementBuilder {
    /** The writer knows some thirty; a bound all the same, should SQL ever be put together from parts. */
    private static final int MOST = 256;

    private final Map<String, PreparedStatement> kept = new HashMap<>();

    @Override
    public PreparedStatement create(Connection connection, String sql, StatementContext context) throws SQLException {
        PreparedStatement statement = kept.remove(sql);
        return statement != null ? statement : super.create(connection, sql, context);
    }

    @Override
    public void close(Connection connection, String sql, Statement statement) throws SQLException {
        if (!(statement instanceof PreparedStatement prepared) || kept.size() >= MOST) {
            super.close(connection, sql, statement);
            return;
        }
        prepared.clearParameters();
        PreparedStatement other = kept.put(sql, prepared);
        if (other != null) {
            other.close();
        }
    }

    @Override
    public void close(Connection connection) {
        // They end with their connection.
        kept.clear();
    }
}
