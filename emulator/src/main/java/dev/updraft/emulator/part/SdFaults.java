package dev.updraft.emulator.part;

/** What can be made to go wrong with an SD card. */
public final class SdFaults {
    boolean removed;
    int badCrcAfter = -1;
    int errorTokenAfter = -1;
    int busyTimes = 1;
    int initialisationPolls = 3;

    /** The card is pulled out (or put back): MISO stays high, and what it knew is forgotten. */
    public void setRemoved(boolean out) {
        removed = out;
    }

    /** The data block number {@code count} from now (0: the next) is sent with a wrong CRC16. */
    public void wrongCrcAfter(int count) {
        badCrcAfter = count;
    }

    /** Instead of data block number {@code count} from now an error token is sent. */
    public void errorTokenAfter(int count) {
        errorTokenAfter = count;
    }

    /** Writes keep the card busy so many times longer than usual. */
    public void slowWrites(int times) {
        busyTimes = times;
    }

    /** How often ACMD41 must be asked until the card is ready. */
    public void slowInitialisation(int polls) {
        initialisationPolls = polls;
    }

    boolean takeBadCrc() {
        return badCrcAfter >= 0 && badCrcAfter-- == 0;
    }

    boolean takeErrorToken() {
        return errorTokenAfter >= 0 && errorTokenAfter-- == 0;
    }
}
