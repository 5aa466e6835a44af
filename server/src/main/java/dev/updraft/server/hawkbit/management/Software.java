package dev.updraft.server.hawkbit.management;

import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Software modules and their files: the tables software_module and software_artifact. */
final class Software {
    static final Set<String> TYPES = Set.of("os", "runtime", "application");

    private final Database database;

    Software(Database database) {
        this.database = database;
    }

    /** @param deleted true if it is there only for what was made of it */
    record Module(
            long key,
            String type,
            String name,
            String version,
            @Nullable String vendor,
            @Nullable String description,
            long created,
            boolean deleted) {}

    record File(long key, long module, String filename, String sha256, long size, long created) {}

    /** @throws Problem 400 for a type that is none, 409 if there is one of this type, name and version */
    Module add(Handle handle, long tenant, Module wanted) {
        if (!TYPES.contains(wanted.type())) {
            throw Problem.badRequest("The type of a software module is one of "
                    + TYPES.stream().sorted().toList() + ".");
        }
        boolean there = handle.createQuery(
                        "SELECT 1 FROM software_module WHERE tenant = ? AND type = ? AND name = ? AND version = ?"
                                + " AND deleted = 0")
                .bind(0, tenant)
                .bind(1, wanted.type())
                .bind(2, wanted.name())
                .bind(3, wanted.version())
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
        if (there) {
            throw Problem.conflict(
                    "There is a software module '" + wanted.name() + "' of version " + wanted.version() + " already.");
        }
        long key = handle.createQuery(
                        "INSERT INTO software_module (tenant, type, name, version, vendor, description, created)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING key")
                .bind(0, tenant)
                .bind(1, wanted.type())
                .bind(2, wanted.name())
                .bind(3, wanted.version())
                .bind(4, wanted.vendor())
                .bind(5, wanted.description())
                .bind(6, wanted.created())
                .mapTo(Long.class)
                .one();
        return new Module(
                key,
                wanted.type(),
                wanted.name(),
                wanted.version(),
                wanted.vendor(),
                wanted.description(),
                wanted.created(),
                false);
    }

    List<Module> all(long tenant) {
        return database.read(handle -> handle.createQuery(
                        "SELECT * FROM software_module WHERE tenant = ? AND deleted = 0 ORDER BY key")
                .bind(0, tenant)
                .map((rs, context) -> module(rs))
                .list());
    }

    /** @throws Problem 404, also for one that was removed */
    Module get(long tenant, long key) {
        Module module = known(tenant, key);
        if (module.deleted()) {
            throw missing(key);
        }
        return module;
    }

    /**
     * {@link #get} that also finds what was removed, if a release is made of it: hawkBit goes on showing that.
     *
     * @throws Problem 404
     */
    Module known(long tenant, long key) {
        return database.read(handle -> handle.createQuery(
                        "SELECT * FROM software_module m WHERE m.tenant = ? AND m.key = ? AND (m.deleted = 0"
                                + " OR EXISTS (SELECT 1 FROM release_file f WHERE f.module = m.key))")
                .bind(0, tenant)
                .bind(1, key)
                .map((rs, context) -> module(rs))
                .findOne()
                .orElseThrow(() -> missing(key)));
    }

    private static Problem missing(long key) {
        return Problem.notFound("There is no software module " + key + ".");
    }

    void describe(Module module, @Nullable String description, @Nullable String vendor) {
        database.change(handle -> handle.execute(
                "UPDATE software_module SET description = ?, vendor = ? WHERE key = ?",
                description,
                vendor,
                module.key()));
    }

    /** Hides it: releases that it is part of keep its files. */
    void remove(Module module) {
        database.change(handle -> handle.execute("UPDATE software_module SET deleted = 1 WHERE key = ?", module.key()));
    }

    List<File> files(long module) {
        return database.read(handle -> files(handle, module));
    }

    static List<File> files(Handle handle, long module) {
        return handle.createQuery("SELECT * FROM software_artifact WHERE module = ? ORDER BY key")
                .bind(0, module)
                .map((rs, context) -> new File(
                        rs.getLong("key"),
                        rs.getLong("module"),
                        rs.getString("filename"),
                        HexFormat.of().formatHex(rs.getBytes("sha256")),
                        rs.getLong("size"),
                        rs.getLong("created")))
                .list();
    }

    /** @throws Problem 404 */
    File file(Module module, long key) {
        return files(module.key()).stream()
                .filter(file -> file.key() == key)
                .findFirst()
                .orElseThrow(() -> Problem.notFound("The software module has no artifact " + key + "."));
    }

    /** @throws Problem 409 if the module has a file of this name */
    File addFile(long tenant, Module module, String filename, String sha256, long size) {
        long now = System.currentTimeMillis();
        byte[] digest = HexFormat.of().parseHex(sha256);
        return database.write(handle -> {
            if (files(handle, module.key()).stream()
                    .anyMatch(file -> file.filename().equals(filename))) {
                throw Problem.conflict("The software module has a file '" + filename + "' already.");
            }
            handle.execute(
                    "INSERT INTO artifact (tenant, sha256, size, created) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    tenant,
                    digest,
                    size,
                    now);
            long key = handle.createQuery("INSERT INTO software_artifact (module, filename, sha256, size, created)"
                            + " VALUES (?, ?, ?, ?, ?) RETURNING key")
                    .bind(0, module.key())
                    .bind(1, filename)
                    .bind(2, digest)
                    .bind(3, size)
                    .bind(4, now)
                    .mapTo(Long.class)
                    .one();
            return new File(key, module.key(), filename, sha256, size, now);
        });
    }

    void removeFile(File file) {
        database.change(handle -> handle.execute("DELETE FROM software_artifact WHERE key = ?", file.key()));
    }

    static Module module(ResultSet rs) throws SQLException {
        return new Module(
                rs.getLong("key"),
                rs.getString("type"),
                rs.getString("name"),
                rs.getString("version"),
                rs.getString("vendor"),
                rs.getString("description"),
                rs.getLong("created"),
                rs.getInt("deleted") != 0);
    }
}
