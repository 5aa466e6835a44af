package dev.updraft.server.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * One event of a device's history.
 *
 * @param at milliseconds since 1970 when the server took it
 * @param seq the device's own number for it; 0 = none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(
        long at,
        long seq,
        ReportEvent event,
        Digest digest,
        @Nullable String reason,
        @Nullable String detail) {}
