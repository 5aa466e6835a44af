package dev.updraft.server.store;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Logger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * One of several processes on a PostgreSQL. Changes stand in the table {@code change_log}; a notification only says that it is worth
 * looking, so a lost one costs a second at most. How far this process has read is a PostgreSQL snapshot: a row is new if the
 * transaction that wrote it is not visible in the last one. That is exact, where the highest key read so far is not: transactions do
 * not commit in the order of their keys.
 */
final class PostgresChangeFeed implements Changes {
    private static final Logger LOG = Logger.getLogger(PostgresChangeFeed.class.getName());
    private static final long NANOS = 1_000_000_000L;

    /** A process that could not read for this long offers nothing until it can again. */
    private static final long CURRENT_NANOS = 10 * NANOS;

    /** Rows are kept for a day; a process that was cut off for almost as long has to start anew. */
    private static final long LOST_NANOS = 23 * 3_600 * NANOS;

    private final String process = UUID.randomUUID().toString();
    private final Jdbi reading;
    private final ClusterLink neighbours;
    private final Map<Topic, List<Consumer<List<Change>>>> readers = new EnumMap<>(Topic.class);

    /** Filled and emptied by the writer thread only. */
    private final List<Change> noted = new ArrayList<>();

    private long batch;

    /** The batch that the transaction under way writes; 0 = none. */
    private long pending;

    private final Set<Long> doubtful = ConcurrentHashMap.newKeySet();

    private final Handle loading;
    private final ReentrantLock following = new ReentrantLock();
    private String snapshot;
    private final AtomicLong runs = new AtomicLong();
    private long finished;
    private volatile long current = System.nanoTime();
    private volatile boolean lost;
    private volatile boolean wentBack;

    /** The newest of this process's batches that is on disk, and when it was written; of the writer thread only. */
    private long lastBatch;

    private long lastBatchNanos;

    /** Which database it is: the number that initdb gave it, and the timeline; empty before the first connection, or where it may not be asked. */
    private String identity = "";

    PostgresChangeFeed(Jdbi reading, String url) {
        this.reading = reading;
        this.loading = reading.open();
        loading.begin();
        loading.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
        this.snapshot = loading.createQuery("SELECT pg_current_snapshot()::text")
                .mapTo(String.class)
                .one();
        this.neighbours = new ClusterLink(url, process, this::run);
    }

    @Override
    public void note(Topic topic, long subject, Supplier<@Nullable String> detail) {
        noted.add(new Change(topic, System.currentTimeMillis(), subject, detail.get()));
    }

    @Override
    public void follow(Topic topic, Consumer<List<Change>> reader) {
        readers.computeIfAbsent(topic, t -> new ArrayList<>()).add(reader);
    }

    @Override
    public synchronized <T> T load(Function<Handle, T> query) {
        return query.apply(loading);
    }

    @Override
    public void start() {
        loading.commit();
        loading.close();
        run();
        neighbours.start();
    }

    @Override
    public void catchUp() {
        if (!neighbours.others()) {
            return;
        }
        // One that is under way may have begun to read before the change that the caller must see.
        long needed = runs.get() + 1;
        following.lock();
        try {
            if (finished < needed) {
                run();
            }
        } finally {
            following.unlock();
        }
    }

    private record Row(
            String snapshot,
            String process,
            long batch,
            @Nullable Change change) {}

    private void run() {
        following.lock();
        try {
            long number = runs.incrementAndGet();
            List<Row> rows = reading.withHandle(handle -> handle.createQuery(
                            "SELECT pg_current_snapshot()::text AS now, c.* FROM (SELECT 1) AS one LEFT JOIN change_log c"
                                    + " ON c.xid >= pg_snapshot_xmin(CAST(:last AS pg_snapshot))"
                                    + " AND NOT pg_visible_in_snapshot(c.xid, CAST(:last AS pg_snapshot)) ORDER BY c.key")
                    .bind("last", snapshot)
                    .map((rs, context) -> {
                        String topic = rs.getString("topic");
                        Change change = topic == null
                                ? null
                                : new Change(
                                        Topic.valueOf(topic),
                                        rs.getLong("at"),
                                        rs.getLong("subject"),
                                        rs.getString("detail"));
                        String by = rs.getString("process");
                        return new Row(rs.getString("now"), by == null ? "" : by, rs.getLong("batch"), change);
                    })
                    .list());
            if (newestOf(rows.getFirst().snapshot()) < newestOf(snapshot)) {
                throw wentBack("its transactions are numbered lower than before");
            }
            takeOver(rows);
            snapshot = rows.getFirst().snapshot();
            finished = number;
            long now = System.nanoTime();
            lost |= now - current > LOST_NANOS;
            current = now;
        } finally {
            following.unlock();
        }
    }

    /** The number of the transaction that is next after {@code XMIN:XMAX:LIST}. */
    private static long newestOf(String snapshot) {
        return Long.parseLong(snapshot.split(":", 3)[1]);
    }

    private void takeOver(List<Row> rows) {
        Map<Topic, List<Change>> changes = new EnumMap<>(Topic.class);
        for (Row row : rows) {
            Change change = row.change();
            boolean own = row.process().equals(process) && !doubtful.contains(row.batch());
            if (change != null && !own) {
                changes.computeIfAbsent(change.topic(), t -> new ArrayList<>()).add(change);
            }
        }
        changes.forEach((topic, list) ->
                readers.getOrDefault(topic, List.of()).forEach(reader -> reader.accept(List.copyOf(list))));
    }

    @Override
    public boolean isCurrent() {
        return !lost && !wentBack && System.nanoTime() - current < CURRENT_NANOS;
    }

    @Override
    public boolean isOwner() {
        return neighbours.owner();
    }

    @Override
    public boolean hasOthers() {
        return neighbours.others();
    }

    @Override
    public int mark() {
        return noted.size();
    }

    @Override
    public void backTo(int mark) {
        noted.subList(mark, noted.size()).clear();
    }

    @Override
    public void write(Handle handle) {
        if (noted.isEmpty()) {
            return;
        }
        pending = ++batch;
        PreparedBatch rows = handle.prepareBatch(
                "INSERT INTO change_log (at, process, batch, topic, subject, detail) VALUES (?, ?, ?, ?, ?, ?)");
        for (Change change : noted) {
            rows.bind(0, change.at())
                    .bind(1, process)
                    .bind(2, batch)
                    .bind(3, change.topic().name())
                    .bind(4, change.subject())
                    .bind(5, change.detail())
                    .add();
        }
        rows.execute();
        noted.clear();
        handle.execute("SELECT pg_notify(?, ?)", ClusterLink.CHANNEL, process);
    }

    @Override
    public void connected(Handle handle) {
        String now = identity(handle);
        if (!identity.isEmpty() && !now.isEmpty() && !systemOf(identity).equals(systemOf(now))) {
            throw wentBack("it is another cluster than before");
        }
        boolean kept = lastBatch == 0
                || System.nanoTime() - lastBatchNanos > LOST_NANOS
                || handle.createQuery("SELECT count(*) FROM change_log WHERE process = ? AND batch = ?")
                                .bind(0, process)
                                .bind(1, lastBatch)
                                .mapTo(Long.class)
                                .one()
                        > 0;
        if (!kept) {
            throw wentBack("it has lost what this process wrote last"
                    + (identity.equals(now) ? "" : " (timeline " + identity + " became " + now + ")"));
        }
        identity = now;
    }

    private static String systemOf(String identity) {
        return identity.substring(0, identity.indexOf(' '));
    }

    private static String identity(Handle handle) {
        try {
            return handle.createQuery("SELECT s.system_identifier || ' ' || c.timeline_id"
                            + " FROM pg_control_system() s, pg_control_checkpoint() c")
                    .mapTo(String.class)
                    .one();
        } catch (RuntimeException e) {
            // Not allowed to this user: the process's own last write tells enough.
            return "";
        }
    }

    private WentBack wentBack(String how) {
        wentBack = true;
        WentBack failure = new WentBack(how);
        LOG.severe(String.valueOf(failure.getMessage()));
        return failure;
    }

    @Override
    public boolean wentBack() {
        return wentBack;
    }

    @Override
    public void committed() {
        if (pending != 0) {
            lastBatch = pending;
            lastBatchNanos = System.nanoTime();
        }
        pending = 0;
    }

    @Override
    public void doubt() {
        noted.clear();
        if (pending != 0) {
            doubtful.add(pending);
            pending = 0;
        }
    }

    @Override
    public void close() {
        neighbours.close();
        loading.close();
    }
}
