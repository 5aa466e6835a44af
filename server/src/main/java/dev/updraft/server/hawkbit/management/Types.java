package dev.updraft.server.hawkbit.management;

import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The types of modules, sets and targets, and what of one a type of another takes; every tenant begins with hawkBit's. */
final class Types {
    private final Database database;
    private final Set<Long> begun = ConcurrentHashMap.newKeySet();

    Types(Database database) {
        this.database = database;
    }

    /** What is typed. */
    enum Kind {
        MODULE("software_module_type", "softwaremoduletypes", "SoftwareModuleType"),
        SET("distribution_set_type", "distributionsettypes", "DistributionSetType"),
        TARGET("target_type", "targettypes", "TargetType");

        final String table;
        final String path;
        final String word;

        Kind(String table, String path, String word) {
            this.table = table;
            this.path = path;
            this.word = word;
        }
    }

    /**
     * @param least artifacts that a module of the type needs, and
     * @param most modules of it that a set may have; of module types only
     */
    record Type(
            long key,
            String typeKey,
            String name,
            @Nullable String description,
            @Nullable String colour,
            long least,
            long most,
            boolean deleted,
            Stamp stamp) {}

    /** A module type that a set type takes. */
    record Part(Type type, boolean mandatory) {}

    static Type read(ResultSet rs, Kind kind) throws SQLException {
        return new Type(
                rs.getLong("key"),
                rs.getString("type_key"),
                rs.getString("name"),
                rs.getString("description"),
                rs.getString("colour"),
                kind == Kind.MODULE ? rs.getLong("least") : 0,
                kind == Kind.MODULE ? rs.getLong("most") : 0,
                rs.getInt("deleted") != 0,
                Stamp.of(rs));
    }

    /** Those that {@code tenant} begins with are there when this returns. */
    void begin(long tenant) {
        if (!begun.contains(tenant)) {
            database.change(handle -> {
                if (isEmpty(handle, tenant)) {
                    addFirst(handle, tenant);
                }
            });
            begun.add(tenant);
        }
    }

    private static boolean isEmpty(Handle handle, long tenant) {
        return handle.createQuery("SELECT 1 FROM software_module_type WHERE tenant = ? LIMIT 1")
                .bind(0, tenant)
                .mapTo(Integer.class)
                .findOne()
                .isEmpty();
    }

    private static void addFirst(Handle handle, long tenant) {
        Stamp stamp = Stamp.by("");
        Type application = new Type(
                0, "application", "Application", "Application Addons", null, 0, Integer.MAX_VALUE, false, stamp);
        long app = insert(handle, tenant, Kind.MODULE, application);
        long os = insert(
                handle,
                tenant,
                Kind.MODULE,
                new Type(0, "os", "OS", "Core firmware or operating system", null, 0, 1, false, stamp));
        long osOnly = insert(handle, tenant, Kind.SET, set("os", "OS only", "Default type with Firmware/OS only."));
        long apps = insert(handle, tenant, Kind.SET, set("app", "App(s) only", "Default type with app(s) only."));
        long both = insert(
                handle,
                tenant,
                Kind.SET,
                set("os_app", "OS with app(s)", "Default type with Firmware/OS and optional app(s)."));
        addPart(handle, osOnly, os, true);
        addPart(handle, apps, app, true);
        addPart(handle, both, os, true);
        addPart(handle, both, app, false);
        if (hasRuntimes(handle, tenant)) {
            // hawkBit's once; modules of it are there from before types were kept.
            long runtime = insert(
                    handle,
                    tenant,
                    Kind.MODULE,
                    new Type(0, "runtime", "Runtime", "What applications run on", null, 0, 1, false, stamp));
            List.of(osOnly, apps, both).forEach(set -> addPart(handle, set, runtime, false));
        }
    }

    private static boolean hasRuntimes(Handle handle, long tenant) {
        return handle.createQuery("SELECT 1 FROM software_module WHERE tenant = ? AND type = 'runtime' LIMIT 1")
                .bind(0, tenant)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    private static Type set(String key, String name, String description) {
        return new Type(0, key, name, description, null, 0, 0, false, Stamp.by(""));
    }

    /** Adds {@code type}, which may have no key yet, and returns the key. */
    static long insert(Handle handle, long tenant, Kind kind, Type type) {
        boolean counts = kind == Kind.MODULE;
        var query = handle.createQuery("INSERT INTO " + kind.table
                        + " (tenant, type_key, name, description, colour, created, creator"
                        + (counts ? ", least, most" : "") + ") VALUES (?, ?, ?, ?, ?, ?, ?" + (counts ? ", ?, ?" : "")
                        + ") RETURNING key")
                .bind(0, tenant)
                .bind(1, type.typeKey())
                .bind(2, type.name())
                .bind(3, type.description())
                .bind(4, type.colour())
                .bind(5, type.stamp().created())
                .bind(6, type.stamp().creator());
        if (counts) {
            query.bind(7, type.least()).bind(8, type.most());
        }
        return query.mapTo(Long.class).one();
    }

    static void addPart(Handle handle, long setType, long moduleType, boolean mandatory) {
        handle.execute(
                "INSERT INTO distribution_set_type_part (type, part, mandatory) VALUES (?, ?, ?)"
                        + " ON CONFLICT (type, part) DO UPDATE SET mandatory = excluded.mandatory",
                setType,
                moduleType,
                mandatory ? 1 : 0);
    }

    /** @throws Problem 404 */
    Type get(long tenant, Kind kind, long key) {
        begin(tenant);
        return database.read(handle -> handle.createQuery(
                        "SELECT * FROM " + kind.table + " WHERE tenant = ? AND key = ? AND deleted = 0")
                .bind(0, tenant)
                .bind(1, key)
                .map((rs, context) -> read(rs, kind))
                .findOne()
                .orElseThrow(() -> Problem.notFound("There is no " + kind.word + " " + key + ".")));
    }

    @Nullable
    Type find(long tenant, Kind kind, String typeKey) {
        begin(tenant);
        return database.read(handle -> handle.createQuery(
                        "SELECT * FROM " + kind.table + " WHERE tenant = ? AND type_key = ? ORDER BY deleted LIMIT 1")
                .bind(0, tenant)
                .bind(1, typeKey)
                .map((rs, context) -> read(rs, kind))
                .findOne()
                .orElse(null));
    }

    /** @throws Problem 404 */
    Type require(long tenant, Kind kind, String typeKey) {
        Type type = find(tenant, kind, typeKey);
        if (type == null || type.deleted()) {
            throw Problem.notFound("There is no " + kind.word + " '" + typeKey + "'.");
        }
        return type;
    }

    /** What sets of {@code setType} take. */
    List<Part> parts(Type setType) {
        return database.read(handle -> handle.createQuery("SELECT m.*, p.mandatory FROM software_module_type m"
                        + " JOIN distribution_set_type_part p ON p.part = m.key WHERE p.type = ? ORDER BY m.key")
                .bind(0, setType.key())
                .map((rs, context) -> new Part(read(rs, Kind.MODULE), rs.getInt("mandatory") != 0))
                .list());
    }

    /** The set types that targets of {@code targetType} take; empty = all. */
    List<Type> taken(long targetType) {
        return database.read(handle -> handle.createQuery("SELECT s.* FROM distribution_set_type s"
                        + " JOIN target_type_part p ON p.part = s.key WHERE p.type = ? ORDER BY s.key")
                .bind(0, targetType)
                .map((rs, context) -> read(rs, Kind.SET))
                .list());
    }

    /** How many use a type, and by that keep it from being removed for good or changed. */
    boolean isUsed(long tenant, Kind kind, Type type) {
        String uses = switch (kind) {
            case MODULE -> "SELECT 1 FROM software_module WHERE tenant = ? AND type = ? LIMIT 1";
            case SET -> "SELECT 1 FROM distribution_set WHERE tenant = ? AND type = ? LIMIT 1";
            case TARGET ->
                "SELECT 1 FROM target t JOIN device d ON d.key = t.device WHERE d.tenant = ? AND t.target_type = ? LIMIT 1";
        };
        return database.read(handle -> {
            var query = handle.createQuery(uses).bind(0, tenant);
            query = kind == Kind.TARGET ? query.bind(1, type.key()) : query.bind(1, type.typeKey());
            return query.mapTo(Integer.class).findOne().isPresent();
        });
    }

    /** All of {@code wanted} or none. */
    List<Type> add(long tenant, Kind kind, List<Type> wanted, AddParts parts) {
        begin(tenant);
        return database.write(handle -> {
            List<Type> added = new ArrayList<>();
            for (int i = 0; i < wanted.size(); i++) {
                Type type = wanted.get(i);
                boolean there = handle.createQuery("SELECT 1 FROM " + kind.table
                                + " WHERE tenant = ? AND deleted = 0 AND (type_key = ? OR name = ?) LIMIT 1")
                        .bind(0, tenant)
                        .bind(1, type.typeKey())
                        .bind(2, type.name())
                        .mapTo(Integer.class)
                        .findOne()
                        .isPresent();
                if (there) {
                    throw Problem.conflict(
                            "There is a " + kind.word + " of the key or name '" + type.typeKey() + "' already.");
                }
                long key = insert(handle, tenant, kind, type);
                parts.to(handle, i, key);
                added.add(new Type(
                        key,
                        type.typeKey(),
                        type.name(),
                        type.description(),
                        type.colour(),
                        type.least(),
                        type.most(),
                        false,
                        type.stamp()));
            }
            return added;
        });
    }

    /** Adds what belongs to a type that was just added. */
    interface AddParts {
        void to(Handle handle, int index, long key);
    }

    void change(
            Kind kind,
            Type type,
            @Nullable String name,
            @Nullable String description,
            @Nullable String colour,
            String by) {
        database.change(handle -> handle.execute(
                "UPDATE " + kind.table
                        + " SET name = ?, description = ?, colour = ?, changer = ?, changed = ? WHERE key = ?",
                name == null ? type.name() : name,
                description == null ? type.description() : description,
                colour == null ? type.colour() : colour,
                by,
                System.currentTimeMillis(),
                type.key()));
    }

    /** One that is used stays for what uses it. */
    void remove(long tenant, Kind kind, Type type) {
        if (kind == Kind.TARGET && isUsed(tenant, kind, type)) {
            throw dev.updraft.server.hawkbit.ddi.Refusal.IN_USE.of("Targets have the type '" + type.name() + "'.");
        }
        database.change(
                handle -> handle.execute("UPDATE " + kind.table + " SET deleted = 1 WHERE key = ?", type.key()));
    }

    void run(java.util.function.Consumer<Handle> change) {
        database.change(change);
    }
}
