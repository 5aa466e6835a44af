package dev.updraft.server.hawkbit.ddi;

import dev.updraft.server.fleet.Device;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** hawkBit's configuration of a tenant: how often devices poll and which credentials they may show. */
public final class Settings {
    public static final String POLLING_TIME = "pollingTime";
    static final String TARGET_TOKEN = "authentication.targettoken.enabled";
    static final String GATEWAY_TOKEN = "authentication.gatewaytoken.enabled";
    static final String GATEWAY_KEY = "authentication.gatewaytoken.key";
    static final String HEADER = "authentication.header.enabled";
    static final String HEADER_AUTHORITY = "authentication.header.authority";

    private final Database database;
    private final Map<String, JsonNode> usual;
    private final Map<Name, JsonNode> set = new ConcurrentHashMap<>();

    /** What {@link #set} says of polling, by tenant: parsed once, asked at every poll. */
    private final Map<Long, Interval> polling = new ConcurrentHashMap<>();

    private final boolean spread;
    private final boolean behindProxy;

    private record Name(long tenant, String name) {}

    private record Row(Name name, JsonNode value) {}

    Settings(Database database, Duration checkInEvery, boolean behindProxy) {
        this.database = database;
        this.behindProxy = behindProxy;
        String interval = hms(Math.clamp(checkInEvery.toSeconds(), 1, 86_399));
        this.spread = checkInEvery.toSeconds() >= 10;
        this.usual = Map.ofEntries(
                Map.entry(POLLING_TIME, text(interval)),
                Map.entry("pollingOverdueTime", text(interval)),
                Map.entry(TARGET_TOKEN, HawkbitJson.parse("true")),
                Map.entry(GATEWAY_TOKEN, HawkbitJson.parse("false")),
                Map.entry(GATEWAY_KEY, text("")),
                Map.entry("anonymous.download.enabled", HawkbitJson.parse("false")),
                Map.entry(HEADER, HawkbitJson.parse("false")),
                Map.entry(HEADER_AUTHORITY, text("")),
                Map.entry("multi.assignments.enabled", HawkbitJson.parse("false")),
                Map.entry("user.confirmation.flow.enabled", HawkbitJson.parse("true")),
                Map.entry("rollout.approval.enabled", HawkbitJson.parse("false")),
                Map.entry("maintenanceWindowPollCount", HawkbitJson.parse("3")));
        reload();
        database.changes().follow(Topic.HAWKBIT, changes -> reload());
    }

    private void reload() {
        database.read(handle -> handle.createQuery("SELECT * FROM hawkbit_setting")
                        .map((rs, context) -> new Row(
                                new Name(rs.getLong("tenant"), rs.getString("name")),
                                HawkbitJson.parse(rs.getString("value"))))
                        .list())
                .forEach(row -> set.put(row.name(), row.value()));
        polling.clear();
    }

    private static JsonNode text(String value) {
        return StringNode.valueOf(value);
    }

    /** @throws Problem 404 for a name that hawkBit does not know */
    public JsonNode get(long tenant, String name) {
        JsonNode value = set.get(new Name(tenant, name));
        JsonNode fallback = usual.get(name);
        if (fallback == null) {
            throw Problem.notFound("There is no setting '" + name + "'.");
        }
        return value == null ? fallback : value;
    }

    public boolean isSet(long tenant, String name) {
        return set.containsKey(new Name(tenant, name));
    }

    public Map<String, JsonNode> all(long tenant) {
        Map<String, JsonNode> all = new TreeMap<>();
        usual.keySet().forEach(name -> all.put(name, get(tenant, name)));
        return all;
    }

    /** @throws Problem 400 for a value that is not of the setting's kind, 404 for a name that hawkBit does not know */
    public void set(long tenant, String name, JsonNode value) {
        JsonNode before = get(tenant, name);
        if (before.getNodeType() != value.getNodeType()) {
            throw Problem.badRequest("'" + name + "' must be " + before.getNodeType() + ", such as " + before + ".");
        }
        if (name.startsWith("polling")) {
            Interval.parse(value.asString());
        }
        if (name.equals(HEADER) && value.asBoolean() && !behindProxy) {
            throw Problem.badRequest("Headers prove who a device is only where they come from a reverse proxy that the"
                    + " server was started with: name its address with --proxy.");
        }
        database.change(handle -> {
            handle.execute(
                    "INSERT INTO hawkbit_setting (tenant, name, value) VALUES (?, ?, ?)"
                            + " ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value",
                    tenant,
                    name,
                    value.toString());
            database.changes().note(Topic.HAWKBIT, tenant);
        });
        set.put(new Name(tenant, name), value);
        polling.clear();
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
        private static final Pattern FORM = Pattern.compile("(\\d\\d:\\d\\d:\\d\\d)(?:~(\\d{1,2})%)?");

        static Interval parse(String text) {
            Matcher form = FORM.matcher(text);
            try {
                if (form.matches()) {
                    long seconds = LocalTime.parse(form.group(1)).toSecondOfDay();
                    if (seconds > 0) {
                        return new Interval(seconds, form.group(2) == null ? 0 : Integer.parseInt(form.group(2)));
                    }
                }
            } catch (DateTimeParseException e) {
                // Told below.
            }
            throw Problem.badRequest(
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
