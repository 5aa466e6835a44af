package dev.updraft.server.release;

import dev.updraft.server.http.Json;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** What each tenant demands of rehearsals; in memory, because every plan asks. */
public final class RehearsalRules {
    private final Database database;
    private final Map<Long, RehearsalRule> byTenant = new ConcurrentHashMap<>();
    private final List<LongConsumer> listeners = new CopyOnWriteArrayList<>();

    public RehearsalRules(Database database) {
        this.database = database;
        byTenant.putAll(database.changes().load(RehearsalRules::read));
        database.changes().follow(Topic.RULE, changes -> {
            byTenant.putAll(database.read(RehearsalRules::read));
            changes.forEach(change -> changed(change.subject()));
        });
    }

    private static Map<Long, RehearsalRule> read(Handle handle) {
        return handle
                .createQuery("SELECT key, rehearsal_rule FROM tenant WHERE rehearsal_rule IS NOT NULL")
                .map((rs, context) ->
                        Map.entry(rs.getLong("key"), Json.parse(rs.getString("rehearsal_rule"), RehearsalRule.class)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** {@code listener} is called with the tenant whose rule has changed. */
    public void onChange(LongConsumer listener) {
        listeners.add(listener);
    }

    public RehearsalRule of(long tenant) {
        return byTenant.getOrDefault(tenant, RehearsalRule.USUAL);
    }

    synchronized RehearsalRule change(long tenant, RehearsalRule.Change change) {
        RehearsalRule rule = of(tenant).with(change);
        database.change(handle -> {
            handle.execute("UPDATE tenant SET rehearsal_rule = ? WHERE key = ?", Json.string(rule), tenant);
            database.changes().note(Topic.RULE, tenant);
        });
        byTenant.put(tenant, rule);
        changed(tenant);
        return rule;
    }

    private void changed(long tenant) {
        listeners.forEach(listener -> listener.accept(tenant));
    }
}
