package dev.updraft.server.rollout;

import dev.updraft.server.http.Problem;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A daily maintenance window in the device's own time.
 *
 * @param from local time such as {@code 02:00}
 * @param to local time; before {@code from} if the window goes over midnight
 * @param zone time zone for devices whose attribute {@code zone} does not name theirs; null = UTC
 */
public record Window(String from, String to, @Nullable String zone) {
    void check() {
        try {
            if (LocalTime.parse(from).equals(LocalTime.parse(to))) {
                throw Problem.badRequest("A maintenance window must have a length.");
            }
            ZoneId.of(zone == null ? "UTC" : zone);
        } catch (DateTimeException e) {
            throw Problem.badRequest(
                    "A maintenance window is {\"from\":\"02:00\",\"to\":\"05:00\",\"zone\":\"Europe/Berlin\"}.");
        }
    }

    /** When this window opens for a device, or {@code now} if it is open: milliseconds since 1970. */
    long opens(Map<String, String> attributes, long now) {
        ZonedDateTime here = java.time.Instant.ofEpochMilli(now).atZone(zone(attributes.get("zone")));
        LocalTime start = LocalTime.parse(from);
        LocalTime end = LocalTime.parse(to);
        LocalTime time = here.toLocalTime();
        boolean open = start.isBefore(end)
                ? !time.isBefore(start) && time.isBefore(end)
                : !time.isBefore(start) || time.isBefore(end);
        if (open) {
            return now;
        }
        ZonedDateTime next = here.with(start);
        return (next.isAfter(here) ? next : next.plusDays(1)).toInstant().toEpochMilli();
    }

    private ZoneId zone(@Nullable String device) {
        try {
            return ZoneId.of(device != null ? device : zone == null ? "UTC" : zone);
        } catch (DateTimeException e) {
            return ZoneId.of(zone == null ? "UTC" : zone);
        }
    }
}
