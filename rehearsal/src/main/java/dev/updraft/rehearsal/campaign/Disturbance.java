package dev.updraft.rehearsal.campaign;

/** A fault beside the power, at one place of one run. */
sealed interface Disturbance {
    /**
     * The medium outside the chip neither hears nor answers.
     *
     * @param from the first of the bytes that it is asked for
     * @param until the first that it answers again; {@link Long#MAX_VALUE}: it comes back with the next start or power-up
     */
    record Outage(long from, long until) implements Disturbance {}

    /** One bit of one byte from that medium is wrong. */
    record Noise(long at, int bit) implements Disturbance {}

    /** A reset that leaves RAM, backup registers and the medium as they are. */
    record Reset(long instruction) implements Disturbance {}

    /** For a report. */
    default String describe() {
        return switch (this) {
            case Outage outage
            when outage.until == Long.MAX_VALUE -> "the medium fell silent at its byte " + outage.from;
            case Outage outage ->
                "the medium was silent for " + (outage.until - outage.from) + " bytes from byte " + outage.from + " on";
            case Noise noise -> "bit " + noise.bit + " of the medium's byte " + noise.at + " was wrong";
            case Reset reset -> "a reset at instruction " + reset.instruction;
        };
    }
}
