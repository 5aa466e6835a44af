package dev.updraft.server.hawkbit.management;

import dev.updraft.server.http.Problem;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.Rollouts;
import dev.updraft.server.store.Database;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Distribution sets: put together of software modules, and fixed as a release at their first assignment. */
final class Distributions {
    private final Database database;
    private final Software software;
    private final Releases releases;
    private final Rollouts rollouts;

    Distributions(Database database, Software software, Releases releases, Rollouts rollouts) {
        this.database = database;
        this.software = software;
        this.releases = releases;
        this.rollouts = rollouts;
    }

    /**
     * @param release key of what it became; null while it can still change
     * @param deleted true if it is there only for what became of it
     */
    record Distribution(
            long key,
            long tenant,
            String type,
            String name,
            String version,
            @Nullable String description,
            long created,
            @Nullable Long release,
            boolean deleted) {}

    /** @throws Problem 409 if there is one of this name and version, 404 for a module that is not there */
    Distribution add(Handle handle, Distribution wanted, List<Long> modules) {
        boolean there = handle.createQuery(
                        "SELECT 1 FROM distribution_set WHERE tenant = ? AND name = ? AND version = ?"
                                + " AND deleted = 0")
                .bind(0, wanted.tenant())
                .bind(1, wanted.name())
                .bind(2, wanted.version())
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
        if (there) {
            throw Problem.conflict(
                    "There is a distribution set '" + wanted.name() + "' of version " + wanted.version() + " already.");
        }
        long key = handle.createQuery("INSERT INTO distribution_set (tenant, type, name, version, description, created)"
                        + " VALUES (?, ?, ?, ?, ?, ?) RETURNING key")
                .bind(0, wanted.tenant())
                .bind(1, wanted.type())
                .bind(2, wanted.name())
                .bind(3, wanted.version())
                .bind(4, wanted.description())
                .bind(5, wanted.created())
                .mapTo(Long.class)
                .one();
        modules.forEach(module -> insertModule(handle, key, module));
        return new Distribution(
                key,
                wanted.tenant(),
                wanted.type(),
                wanted.name(),
                wanted.version(),
                wanted.description(),
                wanted.created(),
                null,
                false);
    }

    private static void insertModule(Handle handle, long distribution, long module) {
        handle.execute(
                "INSERT INTO distribution_set_module (distribution_set, module) VALUES (?, ?) ON CONFLICT DO NOTHING",
                distribution,
                module);
    }

    List<Distribution> all(long tenant) {
        return some(tenant, "deleted = 0");
    }

    /** @throws Problem 404, also for one that was removed */
    Distribution get(long tenant, long key) {
        return only(all(tenant), key);
    }

    /**
     * {@link #get} that also finds what was removed, if it was assigned: hawkBit goes on showing that.
     *
     * @throws Problem 404
     */
    Distribution known(long tenant, long key) {
        return only(some(tenant, "(deleted = 0 OR release IS NOT NULL)"), key);
    }

    private List<Distribution> some(long tenant, String which) {
        return database.read(handle -> handle.createQuery(
                        "SELECT * FROM distribution_set WHERE tenant = ? AND " + which + " ORDER BY key")
                .bind(0, tenant)
                .map((rs, context) -> {
                    long release = rs.getLong("release");
                    return new Distribution(
                            rs.getLong("key"),
                            rs.getLong("tenant"),
                            rs.getString("type"),
                            rs.getString("name"),
                            rs.getString("version"),
                            rs.getString("description"),
                            rs.getLong("created"),
                            release == 0 ? null : release,
                            rs.getInt("deleted") != 0);
                })
                .list());
    }

    private static Distribution only(List<Distribution> sets, long key) {
        return sets.stream()
                .filter(set -> set.key() == key)
                .findFirst()
                .orElseThrow(() -> Problem.notFound("There is no distribution set " + key + "."));
    }

    @Nullable
    Distribution of(long tenant, Release release) {
        return all(tenant).stream()
                .filter(set -> set.release() != null && set.release() == release.key())
                .findFirst()
                .orElse(null);
    }

    List<Software.Module> modules(long distribution) {
        return database.read(handle -> handle.createQuery(
                        "SELECT m.* FROM software_module m"
                                + " JOIN distribution_set_module d ON d.module = m.key WHERE d.distribution_set = ? ORDER BY m.key")
                .bind(0, distribution)
                .map((rs, context) -> Software.module(rs))
                .list());
    }

    void addModules(Distribution set, List<Long> modules) {
        requireOpen(set);
        modules.forEach(module -> software.get(set.tenant(), module));
        database.change(handle -> modules.forEach(module -> insertModule(handle, set.key(), module)));
    }

    void removeModule(Distribution set, long module) {
        requireOpen(set);
        database.change(handle -> handle.execute(
                "DELETE FROM distribution_set_module WHERE distribution_set = ? AND module = ?", set.key(), module));
    }

    private static void requireOpen(Distribution set) {
        if (set.release() != null) {
            throw Problem.locked("The distribution set '" + set.name() + "' has been assigned and cannot change.");
        }
    }

    void describe(Distribution set, @Nullable String description) {
        database.change(handle ->
                handle.execute("UPDATE distribution_set SET description = ? WHERE key = ?", description, set.key()));
    }

    /** The release that {@code set} is; from here on it cannot change. */
    synchronized Release fix(Distribution set) {
        Long known = get(set.tenant(), set.key()).release();
        if (known != null) {
            return releases.get(set.tenant(), known);
        }
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
        for (Software.Module module : modules(set.key())) {
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
