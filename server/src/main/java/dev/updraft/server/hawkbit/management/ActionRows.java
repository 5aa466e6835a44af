package dev.updraft.server.hawkbit.management;

import dev.updraft.server.http.Problem;
import dev.updraft.server.rollout.Action;
import dev.updraft.server.rollout.Actions;
import dev.updraft.server.store.Database;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Updates of devices as rows: what hawkBit calls actions. */
record ActionRows(Database database) {
    static final String JOINED = "action a JOIN device d ON d.key = a.device LEFT JOIN device_update u"
            + " ON u.device = a.device AND u.digest = a.digest AND u.action = a.key";

    private static final String STATE = "coalesce(u.state, a.state, 'cancelled')";

    /** What a device that is to download only has downloaded is at its end. */
    private static final String ONLY = "(" + STATE + " = 'downloaded' AND a.mode LIKE '%\"downloadonly\"%')";

    /** Hangs on whether the device has read it since it was given, or since it went on after being stopped. */
    static final String STATUS = "CASE " + STATE
            + " WHEN 'awaiting-consent' THEN 'wait_for_confirmation' WHEN 'confirmed' THEN 'finished'"
            + " WHEN 'rolled-back' THEN 'error' WHEN 'refused' THEN 'error' WHEN 'cancelling' THEN 'canceling'"
            + " WHEN 'cancelled' THEN 'canceled' ELSE CASE WHEN " + ONLY + " THEN 'downloaded' ELSE"
            + " coalesce((SELECT CASE s.type WHEN 'retrieved' THEN 'retrieved' ELSE 'running' END FROM action_status s"
            + " WHERE s.action = a.key AND s.type IN ('retrieved', 'cancel_rejected') ORDER BY s.key DESC LIMIT 1), 'running')"
            + " END END";

    private static final List<String> WORDS = List.of(
            "finished",
            "error",
            "warning",
            "running",
            "canceled",
            "canceling",
            "retrieved",
            "download",
            "scheduled",
            "cancel_rejected",
            "downloaded",
            "wait_for_confirmation");

    private static final String ACTIVE =
            "(" + STATE + " NOT IN ('confirmed', 'rolled-back', 'refused', 'cancelled') AND NOT " + ONLY + ")";

    private static final String CODE =
            "(SELECT s.code FROM action_status s WHERE s.action = a.key ORDER BY s.key DESC LIMIT 1)";

    private static final String NAME = "coalesce((SELECT t.name FROM target t WHERE t.device = a.device), d.id)";

    /**
     * @param device its id
     * @param name what hawkBit calls it
     * @param code what the device said last; null = it said none
     */
    record Row(
            Action action,
            String device,
            String name,
            String status,
            @Nullable Long code) {}

    /** Of all devices of a tenant, whose number is the argument. */
    Rows<Row> ofTenant() {
        return rows("d.tenant = ?");
    }

    /** Of a device, whose key is the argument. */
    Rows<Row> ofDevice() {
        return rows("a.device = ?");
    }

    private Rows<Row> rows(String which) {
        return new Rows<>(
                database,
                SELECT,
                JOINED + " WHERE " + which,
                "a.key DESC",
                ActionRows::field,
                (rs, context) -> read(rs));
    }

    private static final String SELECT = Actions.COLUMNS + ", d.id AS device_id, " + NAME + " AS device_name, " + STATUS
            + " AS status, " + CODE + " AS code";

    private static Row read(java.sql.ResultSet rs) throws java.sql.SQLException {
        return new Row(
                Actions.read(rs),
                rs.getString("device_id"),
                rs.getString("device_name"),
                rs.getString("status"),
                rs.getObject("code") == null ? null : Long.valueOf(rs.getLong("code")));
    }

    /** @throws Problem 404 */
    Row get(long tenant, long key) {
        return database.read(handle -> handle.createQuery(
                        "SELECT " + SELECT + " FROM " + JOINED + " WHERE d.tenant = ? AND a.key = ?")
                .bind(0, tenant)
                .bind(1, key)
                .map((rs, context) -> read(rs))
                .findOne()
                .orElseThrow(() -> Problem.notFound("There is no action " + key + ".")));
    }

    private static Rows.@Nullable Field field(String name) {
        return switch (name) {
            case "id" -> Rows.Field.number("a.key");
            case "active" -> Rows.Field.flag(ACTIVE);
            case "status" -> Rows.Field.word(STATUS, WORDS);
            case "laststatuscode" -> Rows.Field.number(CODE);
            case "createdat" -> Rows.Field.number("a.started");
            case "lastmodifiedat" -> Rows.Field.number("coalesce(u.changed, a.changed, a.started)");
            case "createdby", "lastmodifiedby" ->
                Rows.Field.text("CASE WHEN a.initiator = '' THEN 'system' ELSE a.initiator END");
            case "weight" -> Rows.Field.number("(a.key * 0 + 1000)");
            case "target.id", "target.controllerid" -> Rows.Field.text("d.id");
            case "target", "target.name" -> Rows.Field.text(NAME);
            case "target.ipaddress" -> Rows.Field.text("(SELECT t.address FROM target t WHERE t.device = a.device)");
            case "rollout.id", "rollout" -> Rows.Field.number("a.rollout");
            case "distributionset", "distributionset.name" -> ofSet("s.name");
            case "distributionset.id" -> ofSet("CAST(s.key AS TEXT)");
            case "distributionset.version" -> ofSet("s.version");
            case "distributionset.type" -> ofSet("s.type");
            default -> null;
        };
    }

    private static Rows.Field ofSet(String sql) {
        return Rows.Field.within(
                "EXISTS (SELECT 1 FROM release_image i JOIN distribution_set s ON s.release = i.release"
                        + " WHERE i.digest = a.digest AND s.tenant = d.tenant AND %s)",
                sql);
    }
}
