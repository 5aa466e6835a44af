package dev.updraft.delta;

/** One binary decision after the other, each with its probability. Encoder and decoder run the same model over it. */
sealed interface BitCoder permits RangeEncoder, RangeDecoder, PriceCounter {
    /**
     * Codes one bit.
     *
     * @param probability of a one, 1 to 65535 of 65536
     * @param bit what the encoder writes; a decoder does not look at it
     * @return the bit
     */
    int code(int probability, int bit);
}
