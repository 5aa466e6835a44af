package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Software modules and their files: the tables software_module and software_artifact. */
final class Software {
    private static final String SELECT = "m.*, t.key AS type_number, t.name AS type_name, t.least AS least,"
            + " (SELECT count(*) FROM software_artifact a WHERE a.module = m.key) AS files,"
            + " EXISTS (SELECT 1 FROM release_file f JOIN distribution_set d ON d.release = f.release"
            + " WHERE f.module = m.key AND d.deleted = 0) AS fixed";

    private static final String FROM = "software_module m LEFT JOIN software_module_type t ON t.tenant = m.tenant"
            + " AND t.type_key = m.type AND t.deleted = 0 WHERE ";

    private final Database database;
    private final Types types;

    Software(Database database, Types types) {
        this.database = database;
        this.types = types;
    }

    /**
     * @param type the key of its type
     * @param complete whether it has the artifacts that its type wants
     * @param locked true if it cannot change: by hand, or because a release is made of it
     * @param deleted true if it is there only for what was made of it
     */
    record Module(
            long key,
            long tenant,
            String type,
            long typeNumber,
            String typeName,
            String name,
            String version,
            @Nullable String vendor,
            @Nullable String description,
            boolean complete,
            boolean locked,
            boolean fixed,
            boolean deleted,
            Stamp stamp) {}

    record File(long key, long module, String filename, String sha256, long size, Stamp stamp) {}

    /** What is wanted of a module to be made. */
    record New(
            String type,
            String name,
            String version,
            @Nullable String vendor,
            @Nullable String description) {}

    /**
     * All of {@code wanted} or none.
     *
     * @throws Problem 404 for a type that is none, 409 if there is one of this type, name and version
     */
    List<Module> add(Caller caller, List<New> wanted) {
        long tenant = caller.tenant();
        wanted.forEach(one -> types.require(tenant, Types.Kind.MODULE, one.type()));
        List<Long> keys = database.write(handle -> wanted.stream()
                .map(one -> insert(handle, tenant, one, Stamp.by(caller.name())))
                .toList());
        return keys.stream().map(key -> get(tenant, key)).toList();
    }

    private static long insert(Handle handle, long tenant, New wanted, Stamp stamp) {
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
        return handle.createQuery(
                        "INSERT INTO software_module (tenant, type, name, version, vendor, description, created, creator)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING key")
                .bind(0, tenant)
                .bind(1, wanted.type())
                .bind(2, wanted.name())
                .bind(3, wanted.version())
                .bind(4, wanted.vendor())
                .bind(5, wanted.description())
                .bind(6, stamp.created())
                .bind(7, stamp.creator())
                .mapTo(Long.class)
                .one();
    }

    /** All that are there, of a tenant; its number is the first argument, and those of {@code which} follow. */
    Rows<Module> rows(String which) {
        return new Rows<>(
                database,
                SELECT,
                FROM + "m.tenant = ? AND m.deleted = 0" + which,
                "m.key",
                Software::field,
                (rs, context) -> module(rs));
    }

    private static Rows.@Nullable Field field(String name) {
        if (name.startsWith("metadata.")) {
            return Rows.Field.within(
                    "EXISTS (SELECT 1 FROM software_module_metadata x WHERE x.module = m.key AND lower(x.name) = ? AND %s)",
                    "x.value", name.substring("metadata.".length()));
        }
        return switch (name) {
            case "type", "type.key" -> Rows.Field.text("m.type");
            case "type.id" -> Rows.Field.number("t.key");
            case "type.name" -> Rows.Field.text("t.name");
            case "version" -> Rows.Field.text("m.version");
            case "vendor" -> Rows.Field.text("m.vendor");
            default -> Rows.usual(name, "m");
        };
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
        return database.read(handle -> handle.createQuery("SELECT " + SELECT + " FROM " + FROM
                        + "m.tenant = ? AND m.key = ? AND (m.deleted = 0"
                        + " OR EXISTS (SELECT 1 FROM release_file f WHERE f.module = m.key))")
                .bind(0, tenant)
                .bind(1, key)
                .map((rs, context) -> module(rs))
                .findOne()
                .orElseThrow(() -> missing(key)));
    }

    /** Those of a set, the newest first. */
    List<Module> of(long distribution) {
        return database.read(handle -> handle.createQuery(
                        "SELECT " + SELECT + " FROM " + FROM
                                + "m.key IN (SELECT module FROM distribution_set_module WHERE distribution_set = ?) ORDER BY m.key DESC")
                .bind(0, distribution)
                .map((rs, context) -> module(rs))
                .list());
    }

    private static Problem missing(long key) {
        return Problem.notFound("There is no software module " + key + ".");
    }

    void change(
            Module module, @Nullable String description, @Nullable String vendor, @Nullable Boolean locked, String by) {
        if (Boolean.FALSE.equals(locked) && module.fixed()) {
            throw Problem.locked("A release is made of the software module '" + module.name() + "'; it stays locked.");
        }
        database.change(handle -> handle.execute(
                "UPDATE software_module SET description = ?, vendor = ?, locked = coalesce(CAST(? AS INTEGER), locked), changer = ?, changed = ? WHERE key = ?",
                description,
                vendor,
                locked == null ? null : Integer.valueOf(locked ? 1 : 0),
                by,
                System.currentTimeMillis(),
                module.key()));
    }

    /** @throws Problem 423 */
    static void requireOpen(Module module) {
        if (module.locked()) {
            throw Problem.locked("The software module '" + module.name() + "' is locked and cannot change.");
        }
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
                        new Stamp(rs.getString("creator"), rs.getLong("created"), "", 0)))
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
    File addFile(Caller caller, Module module, String filename, String sha256, long size) {
        requireOpen(module);
        Stamp stamp = Stamp.by(caller.name());
        byte[] digest = HexFormat.of().parseHex(sha256);
        return database.write(handle -> {
            if (files(handle, module.key()).stream()
                    .anyMatch(file -> file.filename().equals(filename))) {
                throw Problem.conflict("The software module has a file '" + filename + "' already.");
            }
            handle.execute(
                    "INSERT INTO artifact (tenant, sha256, size, created) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    caller.tenant(),
                    digest,
                    size,
                    stamp.created());
            long key = handle.createQuery(
                            "INSERT INTO software_artifact (module, filename, sha256, size, created, creator)"
                                    + " VALUES (?, ?, ?, ?, ?, ?) RETURNING key")
                    .bind(0, module.key())
                    .bind(1, filename)
                    .bind(2, digest)
                    .bind(3, size)
                    .bind(4, stamp.created())
                    .bind(5, stamp.creator())
                    .mapTo(Long.class)
                    .one();
            return new File(key, module.key(), filename, sha256, size, stamp);
        });
    }

    void removeFile(File file) {
        database.change(handle -> handle.execute("DELETE FROM software_artifact WHERE key = ?", file.key()));
    }

    private static Module module(ResultSet rs) throws SQLException {
        String typeName = rs.getString("type_name");
        boolean fixed = rs.getBoolean("fixed");
        return new Module(
                rs.getLong("key"),
                rs.getLong("tenant"),
                rs.getString("type"),
                rs.getLong("type_number"),
                typeName == null ? rs.getString("type") : typeName,
                rs.getString("name"),
                rs.getString("version"),
                rs.getString("vendor"),
                rs.getString("description"),
                rs.getLong("files") >= rs.getLong("least"),
                fixed || rs.getInt("locked") != 0,
                fixed,
                rs.getInt("deleted") != 0,
                Stamp.of(rs));
    }
}
