package dev.updraft.server.hawkbit.management;

import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tags of targets, or of sets.
 *
 * @param table target_tag or distribution_set_tag
 * @param word for one
 */
record TagStore(Database database, String table, String word) {
    record Tag(
            long key,
            String name,
            @Nullable String description,
            @Nullable String colour,
            Stamp stamp) {}

    static Tag read(ResultSet rs) throws SQLException {
        return new Tag(
                rs.getLong("key"),
                rs.getString("name"),
                rs.getString("description"),
                rs.getString("colour"),
                Stamp.of(rs));
    }

    Rows<Tag> rows() {
        return new Rows<>(
                database,
                "t.*",
                table + " t WHERE t.tenant = ?",
                "t.key",
                name -> name.equals("colour") ? Rows.Field.text("t.colour") : Rows.usual(name, "t"),
                (rs, context) -> read(rs));
    }

    /** @throws Problem 404 */
    Tag get(long tenant, long key) {
        return database.read(handle -> handle.createQuery("SELECT * FROM " + table + " WHERE tenant = ? AND key = ?")
                .bind(0, tenant)
                .bind(1, key)
                .map((rs, context) -> read(rs))
                .findOne()
                .orElseThrow(() -> Problem.notFound("There is no " + word + " " + key + ".")));
    }

    @Nullable
    Tag named(long tenant, String name) {
        return database.read(handle -> handle.createQuery("SELECT * FROM " + table + " WHERE tenant = ? AND name = ?")
                .bind(0, tenant)
                .bind(1, name)
                .map((rs, context) -> read(rs))
                .findOne()
                .orElse(null));
    }

    /** All of {@code wanted} or none. */
    List<Tag> add(long tenant, List<Tag> wanted) {
        return database.write(handle -> wanted.stream()
                .map(tag -> {
                    Long key = handle.createQuery("INSERT INTO " + table
                                    + " (tenant, name, description, colour, created, creator) VALUES (?, ?, ?, ?, ?, ?)"
                                    + " ON CONFLICT DO NOTHING RETURNING key")
                            .bind(0, tenant)
                            .bind(1, tag.name())
                            .bind(2, tag.description())
                            .bind(3, tag.colour())
                            .bind(4, tag.stamp().created())
                            .bind(5, tag.stamp().creator())
                            .mapTo(Long.class)
                            .findOne()
                            .orElseThrow(
                                    () -> Problem.conflict("There is a " + word + " '" + tag.name() + "' already."));
                    return new Tag(key, tag.name(), tag.description(), tag.colour(), tag.stamp());
                })
                .toList());
    }

    void change(long tenant, Tag to) {
        database.change(handle -> {
            boolean taken = handle.createQuery("SELECT 1 FROM " + table + " WHERE tenant = ? AND name = ? AND key <> ?")
                    .bind(0, tenant)
                    .bind(1, to.name())
                    .bind(2, to.key())
                    .mapTo(Integer.class)
                    .findOne()
                    .isPresent();
            if (taken) {
                throw Problem.conflict("There is a " + word + " '" + to.name() + "' already.");
            }
            handle.execute(
                    "UPDATE " + table
                            + " SET name = ?, description = ?, colour = ?, changer = ?, changed = ? WHERE key = ?",
                    to.name(),
                    to.description(),
                    to.colour(),
                    to.stamp().changer(),
                    to.stamp().changed(),
                    to.key());
        });
    }

    void remove(Tag tag) {
        database.change(handle -> {
            if (table.equals("distribution_set_tag")) {
                handle.execute("DELETE FROM distribution_set_tagged WHERE tag = ?", tag.key());
            }
            handle.execute("DELETE FROM " + table + " WHERE key = ?", tag.key());
        });
    }
}
