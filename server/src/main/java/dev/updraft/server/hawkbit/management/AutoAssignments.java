package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Page;
import dev.updraft.server.http.Problem;
import dev.updraft.server.release.Release;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.InstallMode;
import dev.updraft.server.rollout.Update;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The table auto_assignment: gives a set to every target that fits and was never given it. Who fits is looked over at most as often as a
 * fiftieth of a processor allows.
 */
final class AutoAssignments implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(AutoAssignments.class.getName());
    private static final long TICK_MILLIS = 1_000;
    private static final int TIMES_AS_LONG = 50;
    private static final int TIMES_AS_LONG_WHEN_ASKED = 10;
    private static final long SETTLE_MILLIS = 200;
    private static final int AT_ONCE = 500;
    private static final int USUAL_WEIGHT = 1_000;

    private static final String SELECT = "x.*, f.name AS filter_name, f.query AS filter_query";
    private static final String FROM = "auto_assignment x LEFT JOIN target_filter f ON f.key = x.filter WHERE ";

    private static final long REST_AFTER_FAILURE_MILLIS = 60_000;

    private final Database database;
    private final Fleet fleet;
    private final DeviceUpdates updates;
    private final Distributions distributions;
    private final Map<Long, Long> failed = new HashMap<>();
    private final Semaphore kicks = new Semaphore(0);
    private volatile List<One> all;
    private volatile boolean closing;
    private @Nullable Thread worker;

    AutoAssignments(Database database, Fleet fleet, DeviceUpdates updates, Distributions distributions) {
        this.database = database;
        this.fleet = fleet;
        this.updates = updates;
        this.distributions = distributions;
        this.all = database.changes()
                .load(handle -> handle.createQuery("SELECT " + SELECT + " FROM " + FROM + "1 = 1")
                        .map((rs, context) -> read(rs))
                        .list());
        database.changes().follow(Topic.HAWKBIT, changes -> all = everything());
    }

    /** Where one stands. */
    enum State {
        READY,
        RUNNING,
        PAUSED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param filter whose it is; 0 = its own
     * @param startAt milliseconds since 1970, from when it runs; null = once it is started
     */
    record One(
            long key,
            long tenant,
            long filter,
            String name,
            @Nullable String description,
            String query,
            long set,
            InstallMode mode,
            State state,
            @Nullable Long startAt,
            Stamp stamp) {}

    private static One read(ResultSet rs) throws SQLException {
        long filter = rs.getLong("filter");
        long startAt = rs.getLong("start_at");
        return new One(
                rs.getLong("key"),
                rs.getLong("tenant"),
                filter,
                rs.getString(filter == 0 ? "name" : "filter_name"),
                rs.getString("description"),
                rs.getString(filter == 0 ? "query" : "filter_query"),
                rs.getLong("distribution_set"),
                Json.parse(rs.getString("mode"), InstallMode.class),
                State.valueOf(rs.getString("state")),
                startAt == 0 ? null : startAt,
                Stamp.of(rs));
    }

    private List<One> everything() {
        return database.read(handle -> handle.createQuery("SELECT " + SELECT + " FROM " + FROM + "1 = 1 ORDER BY x.key")
                .map((rs, context) -> read(rs))
                .list());
    }

    /** What was written is taken over, and acted on. */
    void reload() {
        all = everything();
        look();
    }

    /** Somebody new may fit. */
    void look() {
        if (!all.isEmpty() && kicks.availablePermits() == 0) {
            kicks.release();
        }
    }

    @Nullable
    One ofFilter(long filter) {
        return all.stream().filter(one -> one.filter() == filter).findFirst().orElse(null);
    }

    /** @throws Problem 404 */
    One get(long tenant, long key) {
        return all.stream()
                .filter(one -> one.tenant() == tenant && one.key() == key)
                .findFirst()
                .orElseThrow(() -> Problem.notFound("There is no automatic assignment " + key + "."));
    }

    /** Adds {@code wanted}, or puts it in the place of what its filter had. */
    One put(One wanted) {
        long key = database.write(handle -> {
            if (wanted.filter() != 0) {
                handle.execute("DELETE FROM auto_assignment WHERE filter = ?", wanted.filter());
            }
            database.changes().note(Topic.HAWKBIT, wanted.tenant());
            return handle.createQuery("INSERT INTO auto_assignment (tenant, filter, name, description, query,"
                            + " distribution_set, mode, state, start_at, created, creator)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING key")
                    .bind(0, wanted.tenant())
                    .bind(1, wanted.filter() == 0 ? null : wanted.filter())
                    .bind(2, wanted.filter() == 0 ? wanted.name() : null)
                    .bind(3, wanted.description())
                    .bind(4, wanted.filter() == 0 ? wanted.query() : null)
                    .bind(5, wanted.set())
                    .bind(6, Json.string(wanted.mode()))
                    .bind(7, wanted.state().name())
                    .bind(8, wanted.startAt())
                    .bind(9, wanted.stamp().created())
                    .bind(10, wanted.stamp().creator())
                    .mapTo(Long.class)
                    .one();
        });
        reload();
        return get(wanted.tenant(), key);
    }

    void change(One one, State state, String name, @Nullable String description, String by) {
        database.change(handle -> {
            handle.execute(
                    "UPDATE auto_assignment SET state = ?, name = ?, description = ?, changer = ?, changed = ? WHERE key = ?",
                    state.name(),
                    one.filter() == 0 ? name : null,
                    description,
                    by,
                    System.currentTimeMillis(),
                    one.key());
            database.changes().note(Topic.HAWKBIT, one.tenant());
        });
        reload();
    }

    void remove(One one) {
        remove("key = ?", one.key(), one.tenant());
    }

    /** Nothing assigns {@code set} from now on. */
    void removeOf(long tenant, long set) {
        remove("distribution_set = ?", set, tenant);
    }

    private void remove(String which, long key, long tenant) {
        database.change(handle -> {
            handle.execute("DELETE FROM auto_assignment WHERE " + which, key);
            database.changes().note(Topic.HAWKBIT, tenant);
        });
        reload();
    }

    private Rows<One> rows(String which) {
        return new Rows<>(
                database,
                SELECT,
                FROM + "x.tenant = ?" + which,
                "x.key",
                AutoAssignments::field,
                (rs, context) -> read(rs));
    }

    private static Rows.@Nullable Field field(String name) {
        return switch (name) {
            case "name" -> Rows.Field.text("coalesce(f.name, x.name)");
            case "status" -> Rows.Field.text("x.state");
            case "distributionset.name", "distributionset" ->
                Rows.Field.text("(SELECT s.name FROM distribution_set s WHERE s.key = x.distribution_set)");
            case "distributionset.version" ->
                Rows.Field.text("(SELECT s.version FROM distribution_set s WHERE s.key = x.distribution_set)");
            default -> Rows.usual(name, "x");
        };
    }

    /** Answers with a page of all, or of those that assign {@code set}. */
    void send(ServerRequest request, ServerResponse response, @Nullable Long set) {
        long tenant = Caller.of(request).tenant();
        Links links = Links.of(request);
        Function<One, ObjectNode> view = one -> view(one, links);
        Listing listing = Listing.of(request);
        HawkbitJson.sendJson(
                response,
                200,
                set == null
                        ? rows("").page(listing, view, tenant)
                        : rows(" AND x.distribution_set = ?").page(listing, view, tenant, set));
    }

    ObjectNode view(One one, Links links) {
        ObjectNode view = HawkbitJson.object()
                .put("id", one.key())
                .put("name", one.name())
                .put("targetFilterQuery", one.query())
                .put("distributionSetId", one.set())
                .put("status", one.state().word())
                .put("actionType", one.mode().typeOr().label())
                .put(
                        "weight",
                        one.mode().weight() == null ? USUAL_WEIGHT : one.mode().weight())
                .put("confirmationRequired", one.mode().asksConsent());
        if (one.description() != null) {
            view.put("description", one.description());
        }
        if (one.startAt() != null) {
            view.put("startAt", one.startAt());
        }
        one.stamp().put(view);
        String self = "/rest/v1/autoassignments/" + one.key();
        links.add(view, "self", self);
        String move = switch (one.state()) {
            case READY -> "start";
            case RUNNING -> "pause";
            case PAUSED -> "resume";
        };
        links.add(view, move, self + "/" + move);
        Distributions.Distribution set = distributions.known(one.tenant(), one.set());
        links.named(
                view, "distributionset", "/rest/v1/distributionsets/" + set.key(), set.name() + ":" + set.version());
        return view;
    }

    /** Begins to assign. */
    void start(ApiContext parts) {
        worker = Thread.ofPlatform()
                .name("updraft-auto-assignments")
                .daemon(true)
                .start(() -> work(parts));
    }

    private void work(ApiContext parts) {
        long rest = TICK_MILLIS;
        while (!closing) {
            try {
                boolean kicked = kicks.tryAcquire(rest, TimeUnit.MILLISECONDS);
                if (kicked) {
                    // What is asked for in one go is looked at once, and what an operator gives somebody meanwhile
                    // stands.
                    Thread.sleep(SETTLE_MILLIS);
                }
                kicks.drainPermits();
                long begin = System.currentTimeMillis();
                if (database.changes().isOwner() && !closing) {
                    all.forEach(one -> assign(parts, one));
                }
                long took = System.currentTimeMillis() - begin;
                rest = Math.max(TICK_MILLIS, TIMES_AS_LONG * took);
                if (kicked) {
                    Thread.sleep(TIMES_AS_LONG_WHEN_ASKED * took);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void assign(ApiContext parts, One one) {
        long now = System.currentTimeMillis();
        boolean fresh = now - Math.max(one.stamp().created(), one.stamp().changed()) < SETTLE_MILLIS;
        if (fresh || !all.contains(one) || failed.getOrDefault(one.key(), 0L) > now) {
            return;
        }
        if (one.state() == State.READY && one.startAt() != null && one.startAt() <= now) {
            change(one, State.RUNNING, one.name(), one.description(), "");
            return;
        }
        if (one.state() != State.RUNNING) {
            return;
        }
        // One after the other: what goes wrong with one must not hold up the others.
        try {
            Distributions.Distribution set = distributions.get(one.tenant(), one.set());
            Predicate<Device> fits = new TargetListing(parts).filter(one.tenant(), one.query());
            Release release = set.release() == null ? null : parts.releases().get(one.tenant(), set.release());
            Digest digest = digest(release);
            List<Device> open = Page.scan(() -> fleet.all(one.tenant()).stream()
                    .filter(device -> digest == null || isNew(device, digest))
                    .filter(fits)
                    .toList());
            Assignment assignment = new Assignment(parts);
            for (int i = 0; i < open.size() && !closing; i += AT_ONCE) {
                List<Device> some = new ArrayList<>(open.subList(i, Math.min(i + AT_ONCE, open.size())));
                some.removeIf(device -> !assignment.fits(set, device));
                if (digest != null) {
                    Set<Long> had = had(some, digest);
                    some.removeIf(device -> had.contains(device.key()));
                }
                if (!some.isEmpty()) {
                    Release fixed = distributions.fix(set);
                    some.forEach(device -> assignment.assign(
                            device, fixed, one.mode(), one.stamp().creator()));
                }
            }
        } catch (RuntimeException e) {
            failed.put(one.key(), now + REST_AFTER_FAILURE_MILLIS);
            LOG.log(
                    Level.WARNING,
                    e,
                    () -> "automatic assignment " + one.key() + " could not go on; tried again in a minute");
        }
    }

    private static @Nullable Digest digest(@Nullable Release release) {
        Release.Image image = release == null ? null : release.onlyImage();
        return image == null ? null : image.digest();
    }

    /** As far as memory tells. */
    private boolean isNew(Device device, Digest digest) {
        CheckIn facts = device.facts();
        if (facts != null && facts.digest().equals(digest)) {
            return false;
        }
        for (Update update : updates.of(device)) {
            if (update.digest().equals(digest)) {
                return false;
            }
        }
        return true;
    }

    /** Those of {@code devices} that were given it at any time. */
    private Set<Long> had(List<Device> devices, Digest digest) {
        if (devices.isEmpty()) {
            return Set.of();
        }
        return new HashSet<>(database.read(handle -> handle.createQuery(
                        "SELECT DISTINCT device FROM action WHERE digest = :digest AND device IN (<devices>)")
                .bind("digest", digest.bytes())
                .bindList("devices", devices.stream().map(Device::key).toList())
                .mapTo(Long.class)
                .list()));
    }

    @Override
    public void close() {
        closing = true;
        kicks.release();
        Thread thread = worker;
        if (thread != null) {
            try {
                thread.join(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
