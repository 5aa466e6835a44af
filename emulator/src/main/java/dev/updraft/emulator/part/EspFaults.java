package dev.updraft.emulator.part;

/** What can be made to go wrong on an ESP-AT module; each is used up when it has happened. */
public final class EspFaults {
    private int dropAfter = -1;
    private int garbleAfter = -1;
    private int sendOkToWithhold;
    private int repliesToBusy;

    /** The module's byte number {@code count} from now (0: the next) never reaches the chip. */
    public void dropByteAfter(int count) {
        dropAfter = count;
    }

    /** The module's byte number {@code count} from now reaches the chip with its bits flipped. */
    public void garbleByteAfter(int count) {
        garbleAfter = count;
    }

    /** The next sends end without SEND OK, though the bytes go out. */
    public void withholdSendOk(int times) {
        sendOkToWithhold = times;
    }

    /** The next commands are answered with {@code busy p...} and thrown away. */
    public void answerBusy(int times) {
        repliesToBusy = times;
    }

    boolean takeSendOk() {
        if (sendOkToWithhold > 0) {
            sendOkToWithhold--;
            return true;
        }
        return false;
    }

    boolean takeBusy() {
        if (repliesToBusy > 0) {
            repliesToBusy--;
            return true;
        }
        return false;
    }

    /** The byte as it leaves the module; -1 when it is lost. */
    int pass(int value) {
        int out = value;
        if (garbleAfter >= 0 && garbleAfter-- == 0) {
            out = ~value & 0xFF;
        }
        return dropAfter >= 0 && dropAfter-- == 0 ? -1 : out;
    }

    int[] save() {
        return new int[] {dropAfter, garbleAfter, sendOkToWithhold, repliesToBusy};
    }

    void restore(int[] from) {
        dropAfter = from[0];
        garbleAfter = from[1];
        sendOkToWithhold = from[2];
        repliesToBusy = from[3];
    }
}
