package dev.updraft.server.fleet;

import dev.updraft.server.access.Secret;
import dev.updraft.server.event.EventType;
import dev.updraft.server.event.Events;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** All devices, in memory and in the database. A check-in that changes nothing touches the database only to note the time, later and in a batch. */
public final class Fleet implements AutoCloseable {
    private static final Pattern ID = Pattern.compile("[^\\p{Cntrl}\\s/\\\\%]{1,256}");

    private static final int MOST_TAGS = 100;
    private static final Pattern TAG = Pattern.compile("[\\p{L}\\p{N}._:-]{1,64}");

    private final Database database;
    private final DeviceStore store = new DeviceStore();
    private final Following following;
    private final LastSeen lastSeen;
    private final Map<Long, Map<String, Device>> byId = new ConcurrentHashMap<>();
    private final Map<Secret, Device> bySecret = new ConcurrentHashMap<>();

    /** The same as {@link #byId} for whoever goes through them in order: a part of a list costs no look at all the others. */
    private final Map<Long, NavigableMap<String, Device>> inOrder = new ConcurrentHashMap<>();

    /** Further devices that hold a token which one in {@link #bySecret} holds: a fleet may come with one token for all. */
    private final Map<Secret, Set<Device>> sharing = new ConcurrentHashMap<>();

    private final List<RemovalListener> removals = new CopyOnWriteArrayList<>();

    /** Whoever keeps something of devices. */
    public interface RemovalListener {
        /**
         * {@code device} is being removed, in the transaction of {@code handle}; its rows are still there.
         *
         * @return what to do once it is
         */
        Runnable removing(Handle handle, Device device);
    }

    public void onRemove(RemovalListener listener) {
        removals.add(listener);
    }

    public Fleet(Database database) {
        this.database = database;
        this.following = new Following(database, store, this);
        database.changes().load(handle -> {
            store.all(handle, this::index);
            return true;
        });
        this.lastSeen = new LastSeen(database);
    }

    void index(Device device) {
        tenant(device.tenant()).put(device.id(), device);
        inOrder(device.tenant()).put(device.id(), device);
        hold(device.secret(), device);
    }

    private void hold(Secret secret, Device device) {
        Device first = bySecret.putIfAbsent(secret, device);
        if (first != null && first != device) {
            sharing.computeIfAbsent(secret, key -> new CopyOnWriteArraySet<>()).add(device);
        }
    }

    private void release(Secret secret, Device device) {
        Set<Device> others = sharing.get(secret);
        if (others == null) {
            bySecret.remove(secret, device);
        } else if (!others.remove(device) && bySecret.remove(secret, device)) {
            others.stream().findFirst().ifPresent(next -> {
                others.remove(next);
                bySecret.put(secret, next);
            });
        }
    }

    /** Indexes {@code device} under a new token; the old one ends. */
    void index(Device device, Secret secret) {
        release(device.secret(), device);
        device.secret(secret);
        hold(secret, device);
    }

    void forget(Device device) {
        release(device.secret(), device);
        tenant(device.tenant()).remove(device.id());
        inOrder(device.tenant()).remove(device.id());
    }

    private NavigableMap<String, Device> inOrder(long tenant) {
        return inOrder.computeIfAbsent(tenant, t -> new ConcurrentSkipListMap<>());
    }

    private Map<String, Device> tenant(long tenant) {
        return byId.computeIfAbsent(tenant, t -> new ConcurrentHashMap<>());
    }

    /** A device and the token that only this answer ever holds. */
    public record Registered(Device device, String token) {}

    /**
     * Registers a device by an operator's hand, even if its id was removed for ever before.
     *
     * @throws Problem 400 for an id that is none, 409 if it is taken
     */
    public Registered register(long tenant, String id) {
        return register(tenant, id, Secret.newToken());
    }

    /** What is to be registered: {@code token} is the device's own, or one that many hold. */
    public record New(String id, String token) {}

    /**
     * Registers all of {@code wanted} by an operator's hand, or none.
     *
     * @param alongside called in the same transaction with each
     * @throws Problem 400 for an id that is none, 409 if one is taken
     */
    public List<Device> registerAll(long tenant, List<New> wanted, BiConsumer<Handle, Device> alongside) {
        wanted.forEach(one -> requireId(one.id()));
        long now = System.currentTimeMillis();
        List<Device> devices = database.write(handle -> wanted.stream()
                .map(one -> {
                    Device device = inserted(handle, tenant, one.id(), Secret.of(one.token()), true, now);
                    alongside.accept(handle, device);
                    return device;
                })
                .toList());
        devices.forEach(this::index);
        return devices;
    }

    /**
     * Registers a device that is to hold {@code token}.
     *
     * @throws Problem 400 for an id that is none, 409 if it is taken
     */
    public Registered register(long tenant, String id, String token) {
        return register(tenant, id, token, true);
    }

    /** {@link #register} by the device itself; 403 if its id was removed for ever. */
    public Registered enrol(long tenant, String id) {
        return register(tenant, id, Secret.newToken(), false);
    }

    private Registered register(long tenant, String id, String token, boolean byOperator) {
        requireId(id);
        Secret secret = Secret.of(token);
        long now = System.currentTimeMillis();
        Device device = database.write(handle -> inserted(handle, tenant, id, secret, byOperator, now));
        index(device);
        return new Registered(device, token);
    }

    private static void requireId(String id) {
        if (!ID.matcher(id).matches() || id.equals(".") || id.equals("..")) {
            throw Problem.badRequest(
                    "A device id has 1 to 256 characters, without spaces and / \\ %, and is not . or ..; '"
                            + (id.length() > 80 ? id.substring(0, 80) + "…" : id) + "' is none.");
        }
    }

    private Device inserted(Handle handle, long tenant, String id, Secret secret, boolean byOperator, long now) {
        if (store.exists(handle, tenant, id)) {
            throw Problem.conflict("The device '" + id + "' is registered already.");
        }
        if (byOperator) {
            store.unbar(handle, tenant, id);
        } else if (store.isBarred(handle, tenant, id)) {
            throw Problem.forbidden("The device '" + id + "' was removed for ever; an operator must register it.");
        }
        long key = store.insert(handle, tenant, id, secret, now);
        following.note(key);
        Events.add(handle, tenant, EventType.DEVICE_REGISTERED, Map.of("device", id));
        return new Device(key, tenant, id, now, secret, null, List.of(), null, 0);
    }

    public @Nullable Device find(long tenant, String id) {
        return tenant(tenant).get(id);
    }

    /** @throws Problem 404 */
    public Device get(long tenant, String id) {
        Device device = find(tenant, id);
        if (device == null) {
            throw Problem.notFound("There is no device '" + id + "'.");
        }
        return device;
    }

    /** The device that holds {@code token}. */
    public @Nullable Device holder(String token) {
        Secret secret = Secret.of(token);
        Device device = bySecret.get(secret);
        if (device == null) {
            // Another process may have registered it a moment ago.
            database.changes().catchUp();
            device = bySecret.get(secret);
        }
        return device;
    }

    /**
     * Does {@code work} while nothing else changes what {@code device} is or gets. May be entered again by the thread that is in it; within
     * it nobody waits for another device.
     */
    public <T extends @Nullable Object> T exclusively(Device device, Supplier<T> work) {
        synchronized (device) {
            return work.get();
        }
    }

    /** {@link #exclusively(Device, Supplier)} of work that has no result. */
    public void exclusively(Device device, Runnable work) {
        synchronized (device) {
            work.run();
        }
    }

    /** The device {@code id} that holds {@code token}, where several may hold the same. */
    public @Nullable Device holder(String token, String id) {
        Device first = holder(token);
        if (first == null || first.id().equals(id)) {
            return first;
        }
        for (Device other : sharing.getOrDefault(Secret.of(token), Set.of())) {
            if (other.id().equals(id)) {
                return other;
            }
        }
        return null;
    }

    /** Those of {@code tenant} with these keys. */
    public Map<Long, Device> withKeys(long tenant, Collection<Long> keys) {
        Map<Long, Device> found = new HashMap<>();
        if (!keys.isEmpty()) {
            database.read(handle -> store.ids(handle, tenant, keys)).forEach((key, id) -> {
                Device device = find(tenant, id);
                if (device != null) {
                    found.put(key, device);
                }
            });
        }
        return found;
    }

    /** Devices of every tenant. */
    public long size() {
        return byId.values().stream().mapToLong(Map::size).sum();
    }

    /** Those whose ids come after {@code id}, in their order; all of them after the empty id. */
    public Collection<Device> after(long tenant, String id) {
        return inOrder(tenant).tailMap(id, false).values();
    }

    /** Tenants that have devices. */
    public Collection<Long> tenants() {
        return List.copyOf(byId.keySet());
    }

    public Collection<Device> all(long tenant) {
        return tenant(tenant).values();
    }

    /**
     * Takes in what {@code device} says of itself.
     *
     * @param changed called in the same transaction if any of it differs from what is known
     */
    public void checkedIn(Device device, CheckIn now, Consumer<Handle> changed) {
        CheckIn before = device.facts();
        if (!now.equals(before)) {
            database.change(handle -> {
                store.facts(handle, device, now);
                following.note(device.key());
                changed.accept(handle);
            });
            device.facts(now);
        }
        device.seen(System.currentTimeMillis());
        lastSeen.note(device);
    }

    /** @throws Problem 400 if one of them is no tag */
    public static void checkTags(List<String> tags) {
        if (tags.size() > MOST_TAGS) {
            throw Problem.badRequest("A device has at most " + MOST_TAGS + " tags.");
        }
        for (String tag : tags) {
            if (!TAG.matcher(tag).matches()) {
                throw Problem.badRequest("A tag has 1 to 64 letters, digits or . _ - : characters.");
            }
        }
    }

    /** Tags {@code device} with exactly {@code tags}. */
    public void tag(Device device, List<String> tags) {
        checkTags(tags);
        List<String> sorted = tags.stream().distinct().sorted().toList();
        exclusively(device, () -> {
            database.change(handle -> {
                store.tags(handle, device, sorted);
                following.note(device.key());
            });
            device.tags(sorted);
        });
    }

    /** Lets no gateway but {@code gateway} act for {@code device}; null = any may. */
    public void pin(Device device, @Nullable String gateway) {
        exclusively(device, () -> {
            database.change(handle -> {
                store.gateway(handle, device, gateway);
                following.note(device.key());
            });
            device.gateway(gateway);
        });
    }

    /** Gives {@code device} a new token; the old one ends at once. */
    public String renewToken(Device device) {
        String token = Secret.newToken();
        token(device, token);
        return token;
    }

    /**
     * Gives {@code device} the token that an operator chose; the old one ends at once.
     */
    public void token(Device device, String token) {
        Secret secret = Secret.of(token);
        exclusively(device, () -> {
            database.change(handle -> {
                store.secret(handle, device, secret);
                following.note(device.key());
            });
            index(device, secret);
        });
    }

    /** {@link #remove(Device, boolean)} of a device that may come back. */
    public void remove(Device device) {
        remove(device, false);
    }

    /**
     * Removes {@code device} with its history; its token ends at once.
     *
     * @param forever true if a device of this id must not enrol itself again
     */
    public void remove(Device device, boolean forever) {
        exclusively(device, () -> {
            List<Runnable> after = database.write(handle -> {
                if (forever) {
                    store.bar(handle, device.tenant(), device.id());
                }
                List<Runnable> later = removals.stream()
                        .map(listener -> listener.removing(handle, device))
                        .toList();
                store.delete(handle, device);
                following.noteRemoved(device);
                Events.add(handle, device.tenant(), EventType.DEVICE_REMOVED, Map.of("device", device.id()));
                return later;
            });
            after.forEach(Runnable::run);
            forget(device);
        });
    }

    /**
     * Adds to the device's history.
     *
     * @param recorded called in the same transaction, unless the report was there already
     * @return false if it was
     */
    public boolean report(Device device, Report report, Consumer<Handle> recorded) {
        return database.write(handle -> {
            boolean fresh = store.report(handle, device, report);
            if (fresh) {
                recorded.accept(handle);
            }
            return fresh;
        });
    }

    /**
     * Takes in what became known of {@code device} otherwise than by a check-in.
     *
     * @param now what it is from now on; null = as before
     * @param event added to its history; null = nothing
     * @param alongside called in the same transaction
     */
    public void took(Device device, @Nullable CheckIn now, @Nullable Report event, Consumer<Handle> alongside) {
        database.change(handle -> {
            if (now != null) {
                store.facts(handle, device, now);
                following.note(device.key());
            }
            if (event != null) {
                store.report(handle, device, event);
            }
            alongside.accept(handle);
        });
        if (now != null) {
            device.facts(now);
        }
    }

    /**
     * Holds that what is written for {@code device} by its key is written for it.
     *
     * @throws dev.updraft.server.store.WentBack if its key belongs to another now
     */
    public void requireSame(Handle handle, Device device) {
        store.requireSame(handle, device);
    }

    /** Whether {@code device} has reported a higher number about the same image already; {@code handle} is of the transaction that adds it. */
    public boolean isLate(Handle handle, Device device, Report report) {
        return report.seq() > 0 && store.hasNewer(handle, device.key(), report);
    }

    /** The newest reports of {@code device}, newest first. */
    public List<Report> history(Device device, int most) {
        return database.read(handle -> store.history(handle, device.key(), most));
    }

    @Override
    public void close() {
        lastSeen.close();
    }
}
