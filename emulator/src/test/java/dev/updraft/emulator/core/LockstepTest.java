package dev.updraft.emulator.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A little of what bench/emulator/lockstep.sh does: random programs end alike on libunicorn and on both of our engines. */
class LockstepTest {
    @ParameterizedTest
    @CsvSource({
        "integer, 1, 40000, false",
        "integer, 2, 4000, true",
        "float, 3, 20000, false",
        "float, 4, 2000, true",
        "double, 5, 20000, false"
    })
    void randomProgramsEndAlike(String instructions, long seed, int cases, boolean translating) {
        assumeTrue(Unicorn.isThere(), "libunicorn2 is not installed");
        try (Lockstep lockstep =
                new Lockstep(seed, instructions.equals("double"), translating, LockstepRun.rows(instructions))) {
            while (lockstep.cases < cases && lockstep.findings.isEmpty()) {
                lockstep.program(12);
            }
            assertThat(lockstep.findings).isEmpty();
        }
    }
}
