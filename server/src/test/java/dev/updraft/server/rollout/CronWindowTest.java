package dev.updraft.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** hawkBit's maintenance windows, to the millisecond. */
class CronWindowTest {
    @ParameterizedTest
    @CsvSource({
        "2026-11-29T01:59:59.999Z, false",
        "2026-11-29T02:00:00.000Z, true",
        "2026-11-29T02:00:00.001Z, true",
        "2026-11-29T02:04:59.999Z, true",
        "2026-11-29T02:05:00.000Z, false",
    })
    void isOpenFromItsBeginToItsEnd(String now, boolean open) {
        CronWindow window = new CronWindow("0 0 3 ? * SUN", "00:05:00", "+01:00");
        assertThat(window.isOpen(Instant.parse(now).toEpochMilli())).isEqualTo(open);
    }

    @ParameterizedTest
    @CsvSource({"2026-11-29T10:00:59.500Z", "2026-11-29T10:01:00.000Z", "2026-11-29T10:01:00.500Z"})
    void oneThatOpensAgainBeforeItEndsIsNeverShut(String now) {
        CronWindow window = new CronWindow("0 * * ? * *", "00:02:00", "+00:00");
        assertThat(window.isOpen(Instant.parse(now).toEpochMilli())).isTrue();
    }
}
