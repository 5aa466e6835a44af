package dev.updraft.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MutationsTest {
    @Test
    void damagedInputsEndInAParseOrASentence() {
        long inputs = 40_000;

        // some damage is harmless (a label in S0, an unused byte), most is not
        assertThat(Mutations.run(0, inputs)).isBetween(inputs / 100, inputs / 2);
    }
}
