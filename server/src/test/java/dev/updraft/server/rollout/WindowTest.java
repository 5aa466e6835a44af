package dev.updraft.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Maintenance windows on the days on which clocks change: in Berlin 2026-03-29 01:00 UTC forward, 2026-10-25 01:00 UTC back. */
class WindowTest {
    @ParameterizedTest
    @CsvSource({
        // Usual days, winter and summer.
        "02:00, 05:00, 2026-01-10T00:30:00Z, 2026-01-10T01:00:00Z",
        "02:00, 05:00, 2026-07-10T00:30:00Z, 2026-07-10T00:30:00Z",
        "02:00, 05:00, 2026-07-10T03:00:00Z, 2026-07-11T00:00:00Z",
        // Over midnight.
        "23:00, 01:00, 2026-01-10T21:59:00Z, 2026-01-10T22:00:00Z",
        "23:00, 01:00, 2026-01-10T23:59:00Z, 2026-01-10T23:59:00Z",
        "23:00, 01:00, 2026-01-11T00:00:00Z, 2026-01-11T22:00:00Z",
        // Forward over its begin: it opens at the change, as long as it would still have been.
        "02:30, 03:30, 2026-03-29T00:10:00Z, 2026-03-29T01:00:00Z",
        "02:30, 03:30, 2026-03-29T01:10:00Z, 2026-03-29T01:10:00Z",
        "02:30, 03:30, 2026-03-29T01:30:00Z, 2026-03-30T00:30:00Z",
        // Back: it opens at its first time, and while the hour comes twice it stays open.
        "02:00, 03:00, 2026-10-24T23:30:00Z, 2026-10-25T00:00:00Z",
        "02:00, 03:00, 2026-10-25T01:59:00Z, 2026-10-25T01:59:00Z",
        "02:00, 03:00, 2026-10-25T02:00:00Z, 2026-10-26T01:00:00Z",
    })
    void opensInTheDevicesOwnTime(String from, String to, String now, String opens) {
        long at = new Window(from, to, "Europe/Berlin")
                .opens(Map.of(), Instant.parse(now).toEpochMilli());
        assertThat(Instant.ofEpochMilli(at)).isEqualTo(Instant.parse(opens));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-29T00:30:00Z",
        "2026-03-29T01:00:00Z",
        "2026-03-29T01:30:00Z",
    })
    void oneThatIsPassedOverOpensOnTheNextDay(String now) {
        Window window = new Window("02:00", "03:00", "Europe/Berlin");
        long at = Instant.parse(now).toEpochMilli();
        // A server asks again when it was told that it opens; what counts is when it finds it open.
        while (window.opens(Map.of(), at) > at) {
            at = window.opens(Map.of(), at);
        }
        assertThat(Instant.ofEpochMilli(at)).isEqualTo(Instant.parse("2026-03-30T00:00:00Z"));
    }
}
