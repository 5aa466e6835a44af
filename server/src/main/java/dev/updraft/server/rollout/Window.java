package dev.updraft.server.rollout;

import dev.updraft.server.http.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A daily maintenance window in the device's own time. Where clocks are put back within it, it is open for an hour longer; where they are
 * put forward over all of it, it does not open that day.
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
        ZonedDateTime here = Instant.ofEpochMilli(now).atZone(zone(attributes.get("zone")));
        LocalTime start = LocalTime.parse(from);
        LocalTime end = LocalTime.parse(to);
        LocalTime time = here.toLocalTime();
        boolean open = start.isBefore(end)
                ? !time.isBefore(start) && time.isBefore(end)
                : !time.isBefore(start) || time.isBefore(end);
        if (open) {
            return now;
        }
        Instant next = begin(here.toLocalDate(), here.getZone());
        for (int day = 1; next.toEpochMilli() <= now; day++) {
            next = begin(here.toLocalDate().plusDays(day), here.getZone());
        }
        return next.toEpochMilli();
    }

    /** When it begins on {@code day}: where clocks are put forward over that time, as soon as they have been. */
    private Instant begin(LocalDate day, ZoneId zone) {
        LocalDateTime at = day.atTime(LocalTime.parse(from));
        ZoneOffsetTransition change = zone.getRules().getTransition(at);
        return change != null && change.isGap()
                ? change.getInstant()
                : at.atZone(zone).toInstant();
    }

    private ZoneId zone(@Nullable String device) {
        try {
            return ZoneId.of(device != null ? device : zone == null ? "UTC" : zone);
        } catch (DateTimeException e) {
            return ZoneId.of(zone == null ? "UTC" : zone);
        }
    }
}
