package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.http.Problem;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.Rollouts;
import dev.updraft.server.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Distribution sets: put together of software modules, and fixed as a release at their first assignment. */
final class Distributions {
    private static final String SELECT = "s.*, t.key AS type_number, t.name AS type_name";

    private static final String FROM = "distribution_set s LEFT JOIN distribution_set_type t ON t.tenant = s.tenant"
            + " AND t.type_key = s.type AND t.deleted = 0 WHERE ";

    private final Database database;
    private final Software software;
    private final Types types;
    private final Releases releases;
    private final Rollouts rollouts;

    Distributions(Database database, Software software, Types types, Releases releases, Rollouts rollouts) {
        this.database = database;
        this.software = software;
        this.types = types;
        this.releases = releases;
        this.rollouts = rollouts;
    }

    /**
     * @param type the key of its type
     * @param release key of what it became; null while it can still change
     * @param locked true if it cannot change: by hand, or because it was assigned
     * @param valid false once it was invalidated: it is never assigned again
     * @param deleted true if it is there only for what became of it
     */
    record Distribution(
            long key,
            long tenant,
            String type,
            long typeNumber,
            String typeName,
            String name,
            String version,
            @Nullable String description,
            @Nullable Long release,
            boolean locked,
            boolean valid,
            boolean deleted,
            Stamp stamp) {}

    /** What is wanted of a set to be made. */
    record New(
            String type,
            String name,
            String version,
            @Nullable String description,
            List<Long> modules,
            boolean locked) {}

    /**
     * All of {@code wanted} or none.
     *
     * @throws Problem 404 for a type or module that is not there, 400 for a module that the type does not take, 409 if there is one of
     *     this name and version
     */
    List<Distribution> add(Caller caller, List<New> wanted) {
        long tenant = caller.tenant();
        List<List<Long>> modules = new ArrayList<>();
        for (New one : wanted) {
            Types.Type type = types.require(tenant, Types.Kind.SET, one.type());
            List<Software.Module> parts =
                    one.modules().stream().map(key -> software.get(tenant, key)).toList();
            parts.forEach(module -> requireTaken(type, module));
            modules.add(kept(tenant, parts));
        }
        List<Long> keys = database.write(handle -> {
            List<Long> made = new ArrayList<>();
            for (int i = 0; i < wanted.size(); i++) {
                long key = insert(handle, tenant, wanted.get(i), Stamp.by(caller.name()));
                modules.get(i).forEach(module -> insertModule(handle, key, module));
                made.add(key);
            }
            return made;
        });
        return keys.stream().map(key -> get(tenant, key)).toList();
    }

    /** Of a type that there may be fewer of, the oldest go. */
    private List<Long> kept(long tenant, List<Software.Module> modules) {
        List<Software.Module> kept = new ArrayList<>();
        for (Software.Module module : modules) {
            Types.Type type = types.find(tenant, Types.Kind.MODULE, module.type());
            List<Software.Module> same = kept.stream()
                    .filter(other -> other.type().equals(module.type()) && other.key() != module.key())
                    .toList();
            if (type != null && same.size() >= type.most()) {
                kept.remove(same.getFirst());
            }
            kept.add(module);
        }
        return kept.stream().map(Software.Module::key).distinct().toList();
    }

    private void requireTaken(Types.Type type, Software.Module module) {
        if (types.parts(type).stream().noneMatch(part -> part.type().typeKey().equals(module.type()))) {
            throw Refusal.MODULE_TYPE.of("A distribution set of the type '" + type.typeKey()
                    + "' takes no software module of the type '" + module.type() + "'.");
        }
    }

    private static long insert(Handle handle, long tenant, New wanted, Stamp stamp) {
        if (isTaken(handle, tenant, wanted.name(), wanted.version(), -1)) {
            throw taken(wanted.name(), wanted.version());
        }
        return handle.createQuery(
                        "INSERT INTO distribution_set (tenant, type, name, version, description, created, creator, locked)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING key")
                .bind(0, tenant)
                .bind(1, wanted.type())
                .bind(2, wanted.name())
                .bind(3, wanted.version())
                .bind(4, wanted.description())
                .bind(5, stamp.created())
                .bind(6, stamp.creator())
                .bind(7, wanted.locked() ? 1 : 0)
                .mapTo(Long.class)
                .one();
    }

    private static boolean isTaken(Handle handle, long tenant, String name, String version, long but) {
        return handle.createQuery("SELECT 1 FROM distribution_set WHERE tenant = ? AND name = ? AND version = ?"
                        + " AND deleted = 0 AND key <> ?")
                .bind(0, tenant)
                .bind(1, name)
                .bind(2, version)
                .bind(3, but)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    private static Problem taken(String name, String version) {
        return Problem.conflict("There is a distribution set '" + name + "' of version " + version + " already.");
    }

    private static void insertModule(Handle handle, long distribution, long module) {
        handle.execute(
                "INSERT INTO distribution_set_module (distribution_set, module) VALUES (?, ?) ON CONFLICT DO NOTHING",
                distribution,
                module);
    }

    /** All that are there, of a tenant; its number is the first argument, and those of {@code which} follow. */
    Rows<Distribution> rows(String which) {
        return new Rows<>(
                database,
                SELECT,
                FROM + "s.tenant = ? AND s.deleted = 0" + which,
                "s.key",
                Distributions::field,
                (rs, context) -> read(rs));
    }

    private static Rows.@Nullable Field field(String name) {
        if (name.startsWith("metadata.")) {
            return Rows.Field.within(
                    "EXISTS (SELECT 1 FROM distribution_set_metadata x WHERE x.distribution_set = s.key AND lower(x.name) = ? AND %s)",
                    "x.value", name.substring("metadata.".length()));
        }
        return switch (name) {
            case "type", "type.key" -> Rows.Field.text("s.type");
            case "type.id" -> Rows.Field.number("t.key");
            case "type.name" -> Rows.Field.text("t.name");
            case "version" -> Rows.Field.text("s.version");
            case "valid" -> Rows.Field.flag("s.valid = 1");
            case "complete" -> Rows.Field.flag(COMPLETE);
            case "tag", "tag.name" ->
                Rows.Field.within(
                        "EXISTS (SELECT 1 FROM distribution_set_tagged x JOIN distribution_set_tag g ON g.key = x.tag"
                                + " WHERE x.distribution_set = s.key AND %s)",
                        "g.name");
            case "module.id", "module.name", "module" ->
                Rows.Field.within(
                        "EXISTS (SELECT 1 FROM distribution_set_module x JOIN software_module m ON m.key = x.module"
                                + " WHERE x.distribution_set = s.key AND %s)",
                        name.equals("module.id") ? "CAST(m.key AS TEXT)" : "m.name");
            default -> Rows.usual(name, "s");
        };
    }

    /** No mandatory type is without a module that has its artifacts, as {@link #isComplete} says it. */
    private static final String COMPLETE =
            "EXISTS (SELECT 1 FROM distribution_set_module x WHERE x.distribution_set = s.key)"
                    + " AND NOT EXISTS (SELECT 1 FROM distribution_set_type_part p JOIN software_module_type mt ON mt.key = p.part"
                    + " WHERE p.type = t.key AND p.mandatory = 1 AND NOT EXISTS (SELECT 1 FROM distribution_set_module x"
                    + " JOIN software_module m ON m.key = x.module WHERE x.distribution_set = s.key AND m.type = mt.type_key))"
                    + " AND NOT EXISTS (SELECT 1 FROM distribution_set_module x JOIN software_module m ON m.key = x.module"
                    + " JOIN software_module_type mt ON mt.tenant = m.tenant AND mt.type_key = m.type WHERE x.distribution_set = s.key"
                    + " AND (SELECT count(*) FROM software_artifact a WHERE a.module = m.key) < mt.least)";

    private static Distribution read(ResultSet rs) throws SQLException {
        long release = rs.getLong("release");
        String typeName = rs.getString("type_name");
        return new Distribution(
                rs.getLong("key"),
                rs.getLong("tenant"),
                rs.getString("type"),
                rs.getLong("type_number"),
                typeName == null ? rs.getString("type") : typeName,
                rs.getString("name"),
                rs.getString("version"),
                rs.getString("description"),
                release == 0 ? null : release,
                release != 0 || rs.getInt("locked") != 0,
                rs.getInt("valid") != 0,
                rs.getInt("deleted") != 0,
                Stamp.of(rs));
    }

    /** @throws Problem 404, also for one that was removed */
    Distribution get(long tenant, long key) {
        return only(tenant, key, "s.deleted = 0");
    }

    /**
     * {@link #get} that also finds what was removed, if it was assigned: hawkBit goes on showing that.
     *
     * @throws Problem 404
     */
    Distribution known(long tenant, long key) {
        return only(tenant, key, "(s.deleted = 0 OR s.release IS NOT NULL)");
    }

    private Distribution only(long tenant, long key, String which) {
        return find("s.tenant = ? AND s.key = ? AND " + which, tenant, key)
                .orElseThrow(() -> Problem.notFound("There is no distribution set " + key + "."));
    }

    private Optional<Distribution> find(String which, Object... arguments) {
        return database.read(handle -> {
            var query = handle.createQuery("SELECT " + SELECT + " FROM " + FROM + which);
            for (int i = 0; i < arguments.length; i++) {
                query.bind(i, arguments[i]);
            }
            return query.map((rs, context) -> read(rs)).findFirst();
        });
    }

    /** The set that {@code release} was made of. */
    @Nullable
    Distribution of(long tenant, Release release) {
        return find("s.tenant = ? AND s.release = ?", tenant, release.key()).orElse(null);
    }

    /** The one that is called so, and is still there. */
    @Nullable
    Distribution named(long tenant, String name, String version) {
        return find("s.tenant = ? AND s.name = ? AND s.version = ? AND s.deleted = 0", tenant, name, version)
                .orElse(null);
    }

    List<Software.Module> modules(long distribution) {
        return software.of(distribution);
    }

    /** Whether it has a module of every type that its own type demands, and these their artifacts. */
    boolean isComplete(Distribution set, List<Software.Module> modules) {
        if (modules.isEmpty() || !modules.stream().allMatch(Software.Module::complete)) {
            return false;
        }
        Types.Type type = types.find(set.tenant(), Types.Kind.SET, set.type());
        return type == null
                || types.parts(type).stream()
                        .filter(Types.Part::mandatory)
                        .allMatch(part -> modules.stream()
                                .anyMatch(module ->
                                        module.type().equals(part.type().typeKey())));
    }

    /** Adds them; of a type that there may be fewer of, the oldest goes. */
    void addModules(Distribution set, List<Long> wanted) {
        requireOpen(set);
        Types.Type type = types.find(set.tenant(), Types.Kind.SET, set.type());
        List<Software.Module> modules =
                wanted.stream().map(key -> software.get(set.tenant(), key)).toList();
        if (type != null) {
            modules.forEach(module -> requireTaken(type, module));
        }
        List<Software.Module> all = new ArrayList<>(modules(set.key()).reversed());
        all.addAll(modules);
        List<Long> kept = kept(set.tenant(), all);
        database.change(handle -> {
            handle.execute("DELETE FROM distribution_set_module WHERE distribution_set = ?", set.key());
            kept.forEach(module -> insertModule(handle, set.key(), module));
        });
    }

    void removeModule(Distribution set, long module) {
        requireOpen(set);
        if (modules(set.key()).stream().noneMatch(one -> one.key() == module)) {
            throw Problem.notFound("The distribution set has no software module " + module + ".");
        }
        database.change(handle -> handle.execute(
                "DELETE FROM distribution_set_module WHERE distribution_set = ? AND module = ?", set.key(), module));
    }

    private static void requireOpen(Distribution set) {
        if (set.locked()) {
            throw Problem.locked(
                    "The distribution set '" + set.name() + "' is locked, or was assigned, and cannot change.");
        }
    }

    /** Name and version belong to what it became, once it was assigned. */
    void change(Distribution set, String name, String version, @Nullable String description, String by) {
        boolean renamed = !name.equals(set.name()) || !version.equals(set.version());
        if (renamed) {
            requireOpen(set);
        }
        database.change(handle -> {
            if (renamed && isTaken(handle, set.tenant(), name, version, set.key())) {
                throw taken(name, version);
            }
            handle.execute(
                    "UPDATE distribution_set SET name = ?, version = ?, description = ?, changer = ?, changed = ? WHERE key = ?",
                    name,
                    version,
                    description,
                    by,
                    System.currentTimeMillis(),
                    set.key());
        });
    }

    void lock(Distribution set, boolean locked) {
        if (!locked && set.release() != null) {
            throw Problem.locked("The distribution set '" + set.name() + "' was assigned; it stays locked.");
        }
        database.change(handle ->
                handle.execute("UPDATE distribution_set SET locked = ? WHERE key = ?", locked ? 1 : 0, set.key()));
    }

    /** From now on it is never assigned. */
    void invalidate(Distribution set, String by) {
        database.change(handle -> handle.execute(
                "UPDATE distribution_set SET valid = 0, changer = ?, changed = ? WHERE key = ?",
                by,
                System.currentTimeMillis(),
                set.key()));
    }

    /** @throws Problem 400 for one that was invalidated, or lacks something that its type demands */
    void requireAssignable(Distribution set) {
        if (!set.valid()) {
            throw Refusal.INVALID.of(
                    "The distribution set '" + set.name() + "' was invalidated and cannot be assigned.");
        }
        if (set.release() == null && !isComplete(set, modules(set.key()))) {
            throw Refusal.INCOMPLETE.of(
                    "The distribution set '" + set.name() + "' is not complete: it lacks a module that its type '"
                            + set.type() + "' demands, or a module an artifact.");
        }
    }

    /** The release that {@code set} is; from here on it cannot change. */
    synchronized Release fix(Distribution set) {
        Long known = get(set.tenant(), set.key()).release();
        if (known != null) {
            return releases.get(set.tenant(), known);
        }
        requireAssignable(set);
        rollouts.requireFilesGoOut(set.tenant());
        String name = set.name() + " " + set.version();
        // One of this name may have been deleted: its release stays, withdrawn.
        String free = releases.find(set.tenant(), name) == null ? name : name + " (" + set.key() + ")";
        String notes = set.description() == null ? "" : set.description();
        Release draft = releases.addFiles(set.tenant(), free, notes, files(set));
        database.change(handle ->
                handle.execute("UPDATE distribution_set SET release = ? WHERE key = ?", draft.key(), set.key()));
        return rollouts.publish(set.tenant(), draft.key());
    }

    private List<Release.File> files(Distribution set) {
        List<Release.File> files = new ArrayList<>();
        for (Software.Module module : modules(set.key()).reversed()) {
            List<Software.File> all = software.files(module.key());
            if (all.isEmpty()) {
                files.add(
                        new Release.File(module.key(), module.type(), module.name(), module.version(), null, null, 0));
            }
            for (Software.File file : all) {
                files.add(new Release.File(
                        module.key(),
                        module.type(),
                        module.name(),
                        module.version(),
                        file.filename(),
                        file.sha256(),
                        file.size()));
            }
        }
        return files;
    }

    /** Takes it back: nobody is offered it from now on. */
    void remove(Distribution set) {
        if (set.release() != null && !set.deleted()) {
            rollouts.withdraw(set.tenant(), set.release());
        }
        database.change(handle -> handle.execute("UPDATE distribution_set SET deleted = 1 WHERE key = ?", set.key()));
    }
}
