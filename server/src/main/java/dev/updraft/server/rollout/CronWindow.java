package dev.updraft.server.rollout;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import dev.updraft.server.http.Problem;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/**
 * A maintenance window as hawkBit writes it.
 *
 * @param schedule when it opens: a Quartz cron expression, such as {@code 0 0 3 ? * SUN}
 * @param duration how long it stays open: {@code HH:mm:ss}
 * @param timezone offset from UTC, such as {@code +02:00}
 */
public record CronWindow(String schedule, String duration, String timezone) {
    private static final CronParser QUARTZ =
            new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.QUARTZ));

    /** @throws Problem 400 if a part is not understood or the window never opens again */
    public void check(long now) {
        boolean ends;
        try {
            ends = !isOpen(now) && opens(now) == Long.MAX_VALUE;
        } catch (IllegalArgumentException | DateTimeException e) {
            throw Problem.badRequest(
                    "A maintenance window is {\"schedule\":\"0 0 3 ? * SUN\",\"duration\":\"02:00:00\","
                            + "\"timezone\":\"+01:00\"} with a Quartz cron expression.");
        }
        if (ends) {
            throw Problem.badRequest("The maintenance window '" + schedule + "' never opens again.");
        }
    }

    public boolean isOpen(long now) {
        Duration length = length();
        // The last one before a moment; one that is now has begun too.
        return execution()
                .lastExecution(at(now + 1))
                .map(start -> at(now).isBefore(start.plus(length)))
                .orElse(false);
    }

    /** When it opens next: milliseconds since 1970, or {@link Long#MAX_VALUE} for never. */
    public long opens(long now) {
        return execution()
                .nextExecution(at(now))
                .map(start -> start.toInstant().toEpochMilli())
                .orElse(Long.MAX_VALUE);
    }

    private ExecutionTime execution() {
        return ExecutionTime.forCron(QUARTZ.parse(schedule));
    }

    private Duration length() {
        return Duration.between(LocalTime.MIN, LocalTime.parse(duration));
    }

    private ZonedDateTime at(long now) {
        return Instant.ofEpochMilli(now).atZone(ZoneOffset.of(timezone));
    }
}
