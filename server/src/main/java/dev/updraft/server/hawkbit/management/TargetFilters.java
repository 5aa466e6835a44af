package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.http.Problem;
import dev.updraft.server.rollout.InstallMode;
import dev.updraft.server.store.Database;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The table target_filter: filters that are kept under a name, some with a set that is assigned automatically. */
final class TargetFilters {
    private static final int USUAL_WEIGHT = 1_000;

    private final Database database;
    private final AutoAssignments assignments;

    TargetFilters(Database database, AutoAssignments assignments) {
        this.database = database;
        this.assignments = assignments;
    }

    record Filter(long key, long tenant, String name, String query, Stamp stamp) {}

    private static Filter read(ResultSet rs) throws SQLException {
        return new Filter(
                rs.getLong("key"), rs.getLong("tenant"), rs.getString("name"), rs.getString("query"), Stamp.of(rs));
    }

    /** @throws Problem 404 */
    Filter get(long tenant, long key) {
        return database.read(handle -> handle.createQuery("SELECT * FROM target_filter WHERE tenant = ? AND key = ?")
                .bind(0, tenant)
                .bind(1, key)
                .map((rs, context) -> read(rs))
                .findOne()
                .orElseThrow(() -> Problem.notFound("There is no target filter " + key + ".")));
    }

    /** @throws Problem 409 if there is one of this name */
    Filter add(long tenant, String name, String query, String by) {
        Stamp stamp = Stamp.by(by);
        long key = database.write(handle -> handle.createQuery(
                        "INSERT INTO target_filter (tenant, name, query, created, creator) VALUES (?, ?, ?, ?, ?)"
                                + " ON CONFLICT DO NOTHING RETURNING key")
                .bind(0, tenant)
                .bind(1, name)
                .bind(2, query)
                .bind(3, stamp.created())
                .bind(4, stamp.creator())
                .mapTo(Long.class)
                .findOne()
                .orElseThrow(() -> Problem.conflict("There is a target filter '" + name + "' already.")));
        return new Filter(key, tenant, name, query, stamp);
    }

    void change(Filter filter, String name, String query, String by) {
        database.change(handle -> {
            boolean taken = handle.createQuery("SELECT 1 FROM target_filter WHERE tenant = ? AND name = ? AND key <> ?")
                    .bind(0, filter.tenant())
                    .bind(1, name)
                    .bind(2, filter.key())
                    .mapTo(Integer.class)
                    .findOne()
                    .isPresent();
            if (taken) {
                throw Problem.conflict("There is a target filter '" + name + "' already.");
            }
            handle.execute(
                    "UPDATE target_filter SET name = ?, query = ?, changer = ?, changed = ? WHERE key = ?",
                    name,
                    query,
                    by,
                    System.currentTimeMillis(),
                    filter.key());
        });
        assignments.reload();
    }

    void remove(Filter filter) {
        database.change(handle -> {
            handle.execute("DELETE FROM auto_assignment WHERE filter = ?", filter.key());
            handle.execute("DELETE FROM target_filter WHERE key = ?", filter.key());
        });
        assignments.reload();
    }

    private Rows<Filter> rows(String which) {
        return new Rows<>(
                database,
                "f.*",
                "target_filter f WHERE f.tenant = ?" + which,
                "f.key",
                TargetFilters::field,
                (rs, context) -> read(rs));
    }

    private static Rows.@Nullable Field field(String name) {
        return switch (name) {
            case "query" -> Rows.Field.text("f.query");
            case "autoassigndistributionset", "autoassigndistributionset.name" -> ofSet("s.name");
            case "autoassigndistributionset.version" -> ofSet("s.version");
            case "description" -> null;
            default -> Rows.usual(name, "f");
        };
    }

    private static Rows.Field ofSet(String sql) {
        return Rows.Field.within(
                "EXISTS (SELECT 1 FROM auto_assignment x JOIN distribution_set s ON s.key = x.distribution_set"
                        + " WHERE x.filter = f.key AND %s)",
                sql);
    }

    /** Answers with a page of all. */
    void send(ServerRequest request, ServerResponse response) {
        send(request, response, rows(""), Caller.of(request).tenant());
    }

    /** Answers with a page of those that assign {@code set}. */
    void send(ServerRequest request, ServerResponse response, long set) {
        send(
                request,
                response,
                rows(" AND f.key IN (SELECT filter FROM auto_assignment WHERE distribution_set = ?)"),
                Caller.of(request).tenant(),
                set);
    }

    private void send(ServerRequest request, ServerResponse response, Rows<Filter> rows, Object... arguments) {
        Links links = Links.of(request);
        Listing listing = Listing.of(request);
        HawkbitJson.sendJson(
                response, 200, rows.page(listing, filter -> view(filter, links, listing.full()), arguments));
    }

    ObjectNode view(Filter filter, Links links, boolean full) {
        AutoAssignments.One assignment = assignments.ofFilter(filter.key());
        ObjectNode view = HawkbitJson.object()
                .put("id", filter.key())
                .put("name", filter.name())
                .put("query", filter.query());
        filter.stamp().put(view);
        if (assignment == null) {
            view.putNull("autoAssignDistributionSet");
            view.putNull("autoAssignActionType");
            view.putNull("autoAssignWeight");
            view.putNull("confirmationRequired");
        } else {
            InstallMode mode = assignment.mode();
            view.put("autoAssignDistributionSet", assignment.set())
                    .put("autoAssignActionType", mode.typeOr().label())
                    .put("autoAssignWeight", mode.weight() == null ? USUAL_WEIGHT : mode.weight())
                    .put("confirmationRequired", mode.asksConsent() ? Boolean.TRUE : null);
        }
        String self = "/rest/v1/targetfilters/" + filter.key();
        links.add(view, "self", self);
        if (full) {
            links.add(view, "autoAssignDS", self + "/autoAssignDS");
        }
        return view;
    }
}
