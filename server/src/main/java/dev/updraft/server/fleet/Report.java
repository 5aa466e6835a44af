package dev.updraft.server.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * One event of a device's history.
 *
 * @param at milliseconds since 1970 when the server took it
 * @param seq the device's own number for it; 0 = none
 * @param gateway the one that carried it; null = the device came by itself
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(
        long at,
        long seq,
        ReportEvent event,
        Digest digest,
        @Nullable String reason,
        @Nullable String detail,
        @Nullable String gateway) {
    public Report(
            long at, long seq, ReportEvent event, Digest digest, @Nullable String reason, @Nullable String detail) {
        this(at, seq, event, digest, reason, detail, null);
    }

    /** The same, carried by a gateway; null = by nobody. */
    public Report by(@Nullable String carrier) {
        return new Report(at, seq, event, digest, reason, detail, carrier);
    }
}
