package dev.updraft.server.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * A connection of its own that stays open: over it come the notifications of the other processes, and it holds the advisory locks
 * that say who is there and who does the work that must be done once. PostgreSQL gives both up when the process dies, however it dies.
 */
final class ClusterLink implements AutoCloseable {
    static final String CHANNEL = "updraft";

    private static final Logger LOG = Logger.getLogger(ClusterLink.class.getName());

    /** Keys of the advisory locks, apart from what another application in the same database may use. */
    private static final int CLASS = 0x55504452;

    private static final int PRESENT = 1;
    private static final int OWNER = 2;

    private static final int EVERY_MILLIS = 1_000;

    private static final long PRUNE_EVERY_NANOS = 60 * 1_000_000_000L;
    private static final long KEEP_MILLIS = 24 * 3_600_000L;
    private static final long KEEP_ALWAYS = 100_000;
    private static final long KEEP_SEEN_MILLIS = 60_000;

    private final String url;
    private final String process;
    private final Runnable changed;
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean owner;

    /** True until it is known that there is nobody: asking in vain is cheap, not asking is wrong. */
    private volatile boolean others = true;

    private volatile @Nullable Connection connection;
    private long looked;
    private long pruned;

    /** @param changed called when another process may have changed something */
    ClusterLink(String url, String process, Runnable changed) {
        this.url = url;
        this.process = process;
        this.changed = changed;
        this.thread =
                Thread.ofPlatform().name("updraft-neighbours").daemon(true).unstarted(this::run);
    }

    /** Returns once it is known whether there are others and who the owner is. */
    void start() {
        try {
            connect();
        } catch (SQLException e) {
            lost(e);
        }
        thread.start();
    }

    boolean owner() {
        return owner;
    }

    boolean others() {
        return others;
    }

    private void run() {
        while (!closing) {
            try {
                Connection to = connection;
                if (to == null) {
                    connect();
                } else {
                    listen(to);
                }
            } catch (SQLException | RuntimeException e) {
                lost(e);
            }
        }
    }

    private void connect() throws SQLException {
        Properties limits = new Properties();
        limits.putAll(Dialect.POSTGRESQL.connectionProperties());
        Connection to = DriverManager.getConnection(url, limits);
        connection = to;
        try (Statement statement = to.createStatement()) {
            statement.execute("LISTEN " + CHANNEL);
            statement.execute("SELECT pg_advisory_lock_shared(" + CLASS + ", " + PRESENT + ")");
        }
        look(to);
        changed.run();
    }

    private void listen(Connection to) throws SQLException {
        PGNotification[] heard = to.unwrap(PGConnection.class).getNotifications(EVERY_MILLIS);
        boolean byOthers = heard != null
                && Arrays.stream(heard).anyMatch(one -> !one.getParameter().equals(process));
        boolean due = System.nanoTime() - looked > EVERY_MILLIS * 1_000_000L;
        if (due) {
            look(to);
        }
        if (due || byOthers) {
            changed.run();
        }
    }

    private void look(Connection to) throws SQLException {
        looked = System.nanoTime();
        try (Statement statement = to.createStatement()) {
            boolean was = owner;
            owner = was || first(statement, "SELECT pg_try_advisory_lock(" + CLASS + ", " + OWNER + ")::int") == 1;
            if (owner && !was) {
                LOG.info("this process does the background work from now on");
            }
            others = first(
                            statement,
                            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database ="
                                    + " (SELECT oid FROM pg_database WHERE datname = current_database()) AND classid = "
                                    + CLASS + " AND objid = " + PRESENT)
                    > 1;
            if (owner && System.nanoTime() - pruned > PRUNE_EVERY_NANOS) {
                pruned = System.nanoTime();
                prune(statement);
            }
        }
    }

    private static void prune(Statement statement) throws SQLException {
        long now = System.currentTimeMillis();
        // The newest stay whatever the clock says: others may not have read them yet. The last condition is for a log
        // that was restored from another database, whose transactions lie in this one's
        // future.
        statement.execute("DELETE FROM change_log WHERE (at < " + (now - KEEP_MILLIS)
                + " AND key < (SELECT max(key) FROM change_log) - " + KEEP_ALWAYS
                + ") OR (topic = 'SEEN' AND at < " + (now - KEEP_SEEN_MILLIS)
                + ") OR xid >= pg_snapshot_xmax(pg_current_snapshot())");
    }

    private static long first(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void lost(Exception why) {
        owner = false;
        others = true;
        abandon();
        if (!closing) {
            LOG.log(Level.WARNING, "the connection to the other server processes is lost; tried again shortly", why);
            try {
                Thread.sleep(EVERY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void abandon() {
        Connection to = connection;
        connection = null;
        if (to != null) {
            try {
                to.close();
            } catch (SQLException ignored) {
                // It is broken; that is why it is abandoned.
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        owner = false;
        try {
            Connection to = connection;
            if (to != null) {
                // It may wait in there for a second, for what others have to say.
                to.abort(Runnable::run);
            }
            thread.join(2L * EVERY_MILLIS);
        } catch (SQLException broken) {
            // That is as good.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        abandon();
    }
}
