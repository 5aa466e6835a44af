package dev.updraft.server.fleet;

import dev.updraft.server.access.Secret;
import org.jspecify.annotations.Nullable;

/**
 * A registered device as the server holds it in memory. {@code facts} and {@code seen} are replaced whole; whoever changes what the
 * device is or gets holds its monitor.
 */
public final class Device {
    private final long key;
    private final long tenant;
    private final String id;
    private final long created;
    private volatile Secret secret;
    private volatile @Nullable Facts facts;
    private volatile long seen;
    private volatile long idleSince;

    Device(long key, long tenant, String id, long created, Secret secret, @Nullable Facts facts, long seen) {
        this.key = key;
        this.tenant = tenant;
        this.id = id;
        this.created = created;
        this.secret = secret;
        this.facts = facts;
        this.seen = seen;
    }

    /** The row's key, for other tables to refer to. */
    public long key() {
        return key;
    }

    public long tenant() {
        return tenant;
    }

    public String id() {
        return id;
    }

    public long created() {
        return created;
    }

    public Secret secret() {
        return secret;
    }

    /** Null until the first check-in. */
    public @Nullable Facts facts() {
        return facts;
    }

    /** Milliseconds since 1970 of the last check-in; 0 = never. */
    public long seen() {
        return seen;
    }

    /** The plan under which there was nothing for this device with the facts it has; 0 = not known. */
    public long idleSince() {
        return idleSince;
    }

    /** Remembers that plan {@code epoch} holds nothing for this device; forgotten when its facts change. */
    public void idle(long epoch) {
        idleSince = epoch;
    }

    void facts(Facts now) {
        facts = now;
        idleSince = 0;
    }

    void seen(long at) {
        seen = at;
    }
}
