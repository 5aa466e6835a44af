package dev.updraft.server.hawkbit.ddi;

import dev.updraft.server.fleet.Device;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** hawkBit's configuration of a tenant: how often devices poll and which credentials they may show. */
public final class Settings {
    public static final String POLLING_TIME = "pollingTime";

    /** Number of the type of sets that are made without one; 0 = os_app. */
    public static final String SET_TYPE = "default.ds.type";

    static final String TARGET_TOKEN = "authentication.targettoken.enabled";
    static final String GATEWAY_TOKEN = "authentication.gatewaytoken.enabled";
    static final String GATEWAY_KEY = "authentication.gatewaytoken.key";
    static final String HEADER = "authentication.header.enabled";
    static final String HEADER_AUTHORITY = "authentication.header.authority";

    /** Of older hawkBits: taken, for their tools set it, and shown to who has set it. */
    private static final String ANONYMOUS = "anonymous.download.enabled";

    private static final String OVERDUE_TIME = "pollingOverdueTime";
    private static final String CONFIRMATION = "user.confirmation.flow.enabled";
    private static final String ROLLOUT_APPROVAL = "rollout.approval.enabled";
    private static final String AUTO_CLOSE = "repository.actions.autoclose.enabled";
    private static final String WINDOW_POLLS = "maintenanceWindowPollCount";

    /** What decides nothing here: kept as it is, and refused where somebody wants it otherwise. */
    private static final Map<String, String> FIXED = Map.of(
            "action.cleanup.auto.expiry", "-1",
            "action.cleanup.auto.status", "\"CANCELED,ERROR\"",
            "action.cleanup.onQuotaHit.percent", "0",
            "action.delete.allowed.statuses", "\"CANCELED,ERROR,FINISHED\"",
            "auto.assignment.approval.enabled", "false",
            "batch.assignments.enabled", "false",
            "implicit.lock.enabled", "true");

    private final Database database;
    private final Map<String, JsonNode> usual;
    private final Map<Name, Row> set = new ConcurrentHashMap<>();

    /** What {@link #set} says of polling, by tenant: parsed once, asked at every poll. */
    private final Map<Long, Interval> polling = new ConcurrentHashMap<>();

    private final boolean spread;
    private final boolean behindProxy;

    private record Name(long tenant, String name) {}

    private record Row(Name name, JsonNode value, By by) {}

    /** Who set something, and when, in milliseconds since 1970. */
    public record By(String creator, long created, String changer, long changed) {}

    Settings(Database database, Duration checkInEvery, boolean behindProxy) {
        this.database = database;
        this.behindProxy = behindProxy;
        String interval = hms(Math.clamp(checkInEvery.toSeconds(), 1, 86_399));
        this.spread = checkInEvery.toSeconds() >= 10;
        Map<String, JsonNode> all = new HashMap<>();
        FIXED.forEach((name, value) -> all.put(name, HawkbitJson.parse(value)));
        all.put(POLLING_TIME, text(interval));
        all.put(OVERDUE_TIME, text(interval));
        all.put(TARGET_TOKEN, HawkbitJson.parse("true"));
        all.put(GATEWAY_TOKEN, HawkbitJson.parse("false"));
        all.put(GATEWAY_KEY, text(""));
        all.put(ANONYMOUS, HawkbitJson.parse("false"));
        all.put(HEADER, HawkbitJson.parse("false"));
        all.put(HEADER_AUTHORITY, text(""));
        all.put(CONFIRMATION, HawkbitJson.parse("true"));
        all.put(ROLLOUT_APPROVAL, HawkbitJson.parse("false"));
        all.put(AUTO_CLOSE, HawkbitJson.parse("false"));
        all.put(WINDOW_POLLS, HawkbitJson.parse("3"));
        all.put(SET_TYPE, HawkbitJson.parse("0"));
        this.usual = Map.copyOf(all);
        reload();
        database.changes().follow(Topic.HAWKBIT, changes -> reload());
    }

    private void reload() {
        List<Row> rows = database.read(handle -> handle.createQuery("SELECT * FROM hawkbit_setting")
                .map((rs, context) -> new Row(
                        new Name(rs.getLong("tenant"), rs.getString("name")),
                        HawkbitJson.parse(rs.getString("value")),
                        new By(
                                rs.getString("creator"),
                                rs.getLong("created"),
                                rs.getString("changer"),
                                rs.getLong("changed"))))
                .list());
        rows.forEach(row -> set.put(row.name(), row));
        set.keySet().retainAll(rows.stream().map(Row::name).toList());
        polling.clear();
    }

    private static JsonNode text(String value) {
        return StringNode.valueOf(value);
    }

    /** @throws Problem 400 for a name that hawkBit does not know */
    public JsonNode get(long tenant, String name) {
        Row row = set.get(new Name(tenant, name));
        JsonNode fallback = usual.get(name);
        if (fallback == null) {
            throw Refusal.SETTING_NAME.of("There is no setting '" + name + "'.");
        }
        return row == null ? fallback : row.value();
    }

    /** Who set it; null if nobody did. */
    public @Nullable By by(long tenant, String name) {
        Row row = set.get(new Name(tenant, name));
        return row == null ? null : row.by();
    }

    public boolean isSet(long tenant, String name) {
        return set.containsKey(new Name(tenant, name));
    }

    public Map<String, JsonNode> all(long tenant) {
        Map<String, JsonNode> all = new TreeMap<>();
        usual.keySet().stream()
                .filter(name -> !name.equals(ANONYMOUS) || isSet(tenant, name))
                .forEach(name -> all.put(name, get(tenant, name)));
        return all;
    }

    /**
     * Sets all of {@code values} or none.
     *
     * @throws Problem 400 for a name that hawkBit does not know, or a value that is not of the setting's kind
     */
    public void set(long tenant, Map<String, JsonNode> values, String who) {
        values.forEach((name, value) -> check(tenant, name, value));
        long now = System.currentTimeMillis();
        database.change(handle -> {
            values.forEach((name, value) -> handle.execute(
                    "INSERT INTO hawkbit_setting (tenant, name, value, creator, created, changer, changed)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, name) DO UPDATE SET"
                            + " value = excluded.value, changer = excluded.changer, changed = excluded.changed",
                    tenant,
                    name,
                    value.toString(),
                    who,
                    now,
                    who,
                    now));
            database.changes().note(Topic.HAWKBIT, tenant);
        });
        reload();
    }

    /** From now on it is as it is without being set. */
    public void unset(long tenant, String name) {
        get(tenant, name);
        database.change(handle -> {
            handle.execute("DELETE FROM hawkbit_setting WHERE tenant = ? AND name = ?", tenant, name);
            database.changes().note(Topic.HAWKBIT, tenant);
        });
        reload();
    }

    private void check(long tenant, String name, JsonNode value) {
        JsonNode before = get(tenant, name);
        if (before.getNodeType() != value.getNodeType()) {
            throw Refusal.SETTING_VALUE.of(
                    "'" + name + "' must be " + before.getNodeType() + ", such as " + before + ".");
        }
        if (name.startsWith("polling")) {
            Interval.parse(value.asString());
        }
        if (FIXED.containsKey(name) && !value.equals(usual.get(name))) {
            throw Problem.notImplemented("'" + name + "' is always " + usual.get(name) + " here; nothing was changed.");
        }
        if (name.equals(WINDOW_POLLS) && (value.asInt() < 1 || value.asInt() > 1_000)) {
            throw Refusal.SETTING_VALUE.of("'" + name + "' is from 1 to 1000.");
        }
        if (name.equals(HEADER) && value.asBoolean() && !behindProxy) {
            throw Refusal.SETTING_VALUE.of(
                    "Headers prove who a device is only where they come from a reverse proxy that"
                            + " the server was started with: name its address with --proxy.");
        }
    }

    /** Whether somebody at the device must agree where an assignment does not say. */
    public boolean asksConfirmation(long tenant) {
        return isSet(tenant, CONFIRMATION) && flag(tenant, CONFIRMATION);
    }

    /** Whether hawkBit would speak of confirmation at all. */
    public boolean knowsConfirmation(long tenant) {
        return flag(tenant, CONFIRMATION);
    }

    /** Whether rollouts that are made through hawkBit's API wait for somebody else's approval. */
    public boolean demandsApproval(long tenant) {
        return flag(tenant, ROLLOUT_APPROVAL);
    }

    /** Whether an assignment ends what is open, without asking the device to stop it. */
    public boolean closesObsolete(long tenant) {
        return flag(tenant, AUTO_CLOSE);
    }

    /** How often a device is to come before a maintenance window opens. */
    int windowPolls(long tenant) {
        return get(tenant, WINDOW_POLLS).asInt();
    }

    /** Milliseconds until a device shall come again, and after which it is overdue. */
    public record Expected(long nextMillis, long overdueMillis) {}

    public Expected expected(long tenant) {
        long next = Interval.parse(text(tenant, POLLING_TIME)).seconds() * 1_000;
        return new Expected(
                next, next + Interval.parse(text(tenant, OVERDUE_TIME)).seconds() * 1_000);
    }

    boolean flag(long tenant, String name) {
        return get(tenant, name).asBoolean();
    }

    String text(long tenant, String name) {
        return get(tenant, name).asString();
    }

    /** Seconds until {@code device} shall poll again: the same at every poll, so that an unchanged answer keeps its tag. */
    long pollSeconds(Device device) {
        Interval interval = polling.get(device.tenant());
        if (interval == null) {
            interval = polling.computeIfAbsent(device.tenant(), this::interval);
        }
        return interval.of(device.id());
    }

    private Interval interval(long tenant) {
        Interval interval = Interval.parse(text(tenant, POLLING_TIME));
        return spread && !isSet(tenant, POLLING_TIME) ? new Interval(interval.seconds(), 10) : interval;
    }

    /** @param percent how far devices are spread around {@code seconds} */
    private record Interval(long seconds, int percent) {
        private static final Pattern FORM =
                Pattern.compile("(\\d\\d:\\d\\d:\\d\\d|PT?[0-9DTHMS.]{2,24})(?:~(\\d{1,2})%)?");

        static Interval parse(String text) {
            Matcher form = FORM.matcher(text);
            try {
                if (form.matches()) {
                    String length = form.group(1);
                    long seconds = length.startsWith("P")
                            ? Duration.parse(length).toSeconds()
                            : LocalTime.parse(length).toSecondOfDay();
                    if (seconds > 0 && seconds < 86_400) {
                        return new Interval(seconds, form.group(2) == null ? 0 : Integer.parseInt(form.group(2)));
                    }
                }
            } catch (DateTimeParseException e) {
                // Told below.
            }
            throw Refusal.SETTING_VALUE.of(
                    "'" + text + "' is not an interval; write it like 00:05:00, from 00:00:01 to 23:59:59.");
        }

        long of(String id) {
            // From -1 to 1, by the id alone.
            double place = (Math.floorMod(id.hashCode() * 0x9E3779B9, 2_001) - 1_000) / 1_000.0;
            return Math.max(1, Math.round(seconds * (1 + place * percent / 100)));
        }
    }

    static String hms(long seconds) {
        return "%02d:%02d:%02d".formatted(seconds / 3_600, seconds / 60 % 60, seconds % 60);
    }
}
