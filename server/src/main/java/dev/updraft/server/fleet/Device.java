package dev.updraft.server.fleet;

import dev.updraft.server.access.Secret;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A registered device as the server holds it in memory. {@code facts} and {@code seen} are replaced whole; whoever changes what the
 * device is or gets holds its monitor.
 */
public final class Device {
    private static final int REPORTS_AT_ONCE = 60;
    private static final long REPORT_MILLIS = 1_000;
    private static final int CHANGES_AT_ONCE = 120;
    private static final long CHANGE_MILLIS = 2_000;

    private final long key;
    private final long tenant;
    private final String id;
    private final long created;
    private volatile Secret secret;
    private volatile @Nullable CheckIn facts;
    private volatile long seen;
    private volatile List<String> tags;
    private volatile @Nullable String gateway;
    private volatile long idleSince;
    private volatile long idleUntil;
    private volatile boolean unwritten;
    private long reportsPaidUntil;
    private long changesPaidUntil;

    Device(
            long key,
            long tenant,
            String id,
            long created,
            Secret secret,
            @Nullable CheckIn facts,
            List<String> tags,
            @Nullable String gateway,
            long seen) {
        this.key = key;
        this.tenant = tenant;
        this.id = id;
        this.created = created;
        this.secret = secret;
        this.facts = facts;
        this.tags = tags;
        this.gateway = gateway;
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
    public @Nullable CheckIn facts() {
        return facts;
    }

    /** Milliseconds since 1970 of the last check-in; 0 = never. */
    public long seen() {
        return seen;
    }

    /** What operators have tagged it with, in order. */
    public List<String> tags() {
        return tags;
    }

    /** The only gateway that may act for it; null = any. */
    public @Nullable String gateway() {
        return gateway;
    }

    /** True if plan {@code epoch} holds nothing at {@code now} for this device with the facts it has. */
    public boolean isIdle(long epoch, long now) {
        return idleSince == epoch && now < idleUntil;
    }

    /** Remembers that plan {@code epoch} holds nothing for this device before {@code until}. */
    public void idle(long epoch, long until) {
        idleUntil = until;
        idleSince = epoch;
    }

    /** Forgets it: what this device gets must be decided again. */
    public void reconsider() {
        idleSince = 0;
    }

    /** True if {@code row} says nothing new. */
    boolean isAs(Device row) {
        return secret.equals(row.secret)
                && tags.equals(row.tags)
                && Objects.equals(gateway, row.gateway)
                && Objects.equals(facts, row.facts);
    }

    void facts(CheckIn now) {
        facts = now;
        idleSince = 0;
    }

    void tags(List<String> now) {
        tags = now;
        idleSince = 0;
    }

    void gateway(@Nullable String now) {
        gateway = now;
    }

    void secret(Secret now) {
        secret = now;
    }

    void seen(long at) {
        seen = at;
    }

    /**
     * Whether it may report at {@code now}, in milliseconds since 1970: {@link #REPORTS_AT_ONCE}, and one more a second. An update takes
     * about six.
     *
     * @return 0 if it may, else seconds until it may again
     */
    public synchronized long reportsAgainIn(long now) {
        // Never further ahead than the allowance is long: a clock that was set back must not silence a device.
        reportsPaidUntil = Math.clamp(reportsPaidUntil, now, now + REPORTS_AT_ONCE * REPORT_MILLIS);
        long over = reportsPaidUntil - now - (REPORTS_AT_ONCE - 1) * REPORT_MILLIS;
        if (over > 0) {
            return Math.ceilDiv(over, 1_000);
        }
        reportsPaidUntil += REPORT_MILLIS;
        return 0;
    }

    /** {@link #reportsAgainIn} of saying something else of itself: {@link #CHANGES_AT_ONCE}, and one more in two seconds. */
    public synchronized long changesAgainIn(long now) {
        changesPaidUntil = Math.clamp(changesPaidUntil, now, now + CHANGES_AT_ONCE * CHANGE_MILLIS);
        long over = changesPaidUntil - now - (CHANGES_AT_ONCE - 1) * CHANGE_MILLIS;
        if (over > 0) {
            return Math.ceilDiv(over, 1_000);
        }
        changesPaidUntil += CHANGE_MILLIS;
        return 0;
    }

    /** True if it is known that its last-seen time must be written. */
    boolean isUnwritten() {
        return unwritten;
    }

    /** Says that its last-seen time must be written; false if that is known already. By one thread at a time. */
    boolean markUnwritten() {
        if (unwritten) {
            return false;
        }
        unwritten = true;
        return true;
    }

    /** To be called before its last-seen time is read for writing: what comes after that must be written again. */
    void markWritten() {
        unwritten = false;
    }
}
