package dev.updraft.emulator.flash;

/**
 * What a power cut leaves of the operation under way. A torn unit stays unstable until it is erased: it looks one way until the
 * next power-up and may look another way afterwards.
 *
 * @param first how it looks until power is next switched on again after the first recovery boot, that is at that first boot
 * @param later how it looks from the second power-up on
 * @param seed decides everything that is left to chance
 */
public record Tear(Look first, Look later, long seed) {
    public enum Look {
        /** The operation had not begun: nothing is unstable. */
        UNTOUCHED,
        /** The operation was complete: nothing is unstable. */
        COMPLETE,
        /** Every unit reads as before. */
        OLD,
        /** Every unit reads as if the operation were complete. */
        NEW,
        /** Each unit reads as a mix of old and new bits that stays the same until the next power-up; with ECC mostly a read error. */
        MIX,
        /** Each read gives old, new or a mix anew; with ECC also read errors. */
        FLICKER,
        /** Each read is an ECC error; without ECC as MIX. */
        UNREADABLE,
        /** Reads as erased and refuses programming (ECC parts; PROGERR on the L4); without ECC as OLD. */
        REFUSES,
        /** Each unit draws one of OLD, NEW, MIX, FLICKER and (with ECC) UNREADABLE and REFUSES, anew at each power-up. */
        ANY
    }

    /** The operation had not begun. */
    public static Tear untouched() {
        return new Tear(Look.UNTOUCHED, Look.UNTOUCHED, 0);
    }

    /** The operation was just complete. */
    public static Tear complete() {
        return new Tear(Look.COMPLETE, Look.COMPLETE, 0);
    }

    /** Everything that the failure model allows, drawn unit by unit. */
    public static Tear any(long seed) {
        return new Tear(Look.ANY, Look.ANY, seed);
    }

    /** Looks like {@code first} at the first boot after the cut, and like anything later. */
    public static Tear looking(Look first, long seed) {
        return new Tear(first, Look.ANY, seed);
    }
}
