package dev.updraft.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StageReachTest {
    @ParameterizedTest
    @CsvSource({
        "1,5,1",
        "10,5,1",
        "40,5,2",
        "40.1,5,3",
        "100,5,5",
        "0.001,1000000,10",
        "33.3,3,1",
        "7,100,7",
        "29,100,29",
        "1,1,1"
    })
    void aShareIsRoundedUpAndNeverNobody(double percent, int devices, int share) {
        assertThat(StageReach.share(percent, devices)).isEqualTo(share);
    }
}
