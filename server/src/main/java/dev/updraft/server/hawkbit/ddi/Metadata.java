package dev.updraft.server.hawkbit.ddi;

import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What operators note at targets, modules and sets: names and values. */
public final class Metadata {
    private static final int MOST = 100;

    private final Database database;

    public Metadata(Database database) {
        this.database = database;
    }

    /** What is noted at. */
    public enum Of {
        TARGET("target_metadata", "device"),
        MODULE("software_module_metadata", "module"),
        SET("distribution_set_metadata", "distribution_set");

        private final String table;
        private final String subject;

        Of(String table, String subject) {
            this.table = table;
            this.subject = subject;
        }
    }

    /** @param visible of a module's: whether devices are told it */
    public record Entry(String key, String value, boolean visible) {}

    /** By key. */
    public List<Entry> all(Of of, long subject) {
        return database.read(handle -> handle.createQuery(
                        "SELECT * FROM " + of.table + " WHERE " + of.subject + " = ? ORDER BY name")
                .bind(0, subject)
                .map((rs, context) -> new Entry(rs.getString("name"), rs.getString("value"), rs.getInt("visible") != 0))
                .list());
    }

    /** @throws Problem 404 */
    public Entry get(Of of, long subject, String key) {
        return all(of, subject).stream()
                .filter(entry -> entry.key().equals(key))
                .findFirst()
                .orElseThrow(() -> Problem.notFound("There is no metadata '" + key + "' here."));
    }

    /** Adds {@code entries}, or changes those that are there. */
    public void put(Of of, long subject, List<Entry> entries) {
        database.change(handle -> {
            for (Entry entry : entries) {
                handle.execute(
                        "INSERT INTO " + of.table + " (" + of.subject + ", name, value, visible) VALUES (?, ?, ?, ?)"
                                + " ON CONFLICT (" + of.subject
                                + ", name) DO UPDATE SET value = excluded.value, visible = excluded.visible",
                        subject,
                        entry.key(),
                        entry.value(),
                        entry.visible() ? 1 : 0);
            }
            long now = handle.createQuery("SELECT count(*) FROM " + of.table + " WHERE " + of.subject + " = ?")
                    .bind(0, subject)
                    .mapTo(Long.class)
                    .one();
            if (now > MOST) {
                throw Refusal.QUOTA.of("There may be at most " + MOST + " entries of metadata; nothing was added.");
            }
        });
    }

    /** @throws Problem 404 */
    public void remove(Of of, long subject, String key) {
        get(of, subject, key);
        database.change(handle ->
                handle.execute("DELETE FROM " + of.table + " WHERE " + of.subject + " = ? AND name = ?", subject, key));
    }

    /** The values of {@code key} of all targets that have one, by device. */
    public Map<Long, String> ofTargets(String key) {
        Map<Long, String> values = new HashMap<>();
        database.read(handle -> {
            handle.createQuery("SELECT device, value FROM target_metadata WHERE name = ?")
                    .bind(0, key)
                    .map((rs, context) -> Map.entry(rs.getLong("device"), rs.getString("value")))
                    .forEach(entry -> values.put(entry.getKey(), entry.getValue()));
            return true;
        });
        return values;
    }
}
