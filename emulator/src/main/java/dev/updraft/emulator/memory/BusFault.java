package dev.updraft.emulator.memory;

/**
 * The bus refused an access: the guest takes a BusFault (Armv7-M ARM B1.5.14). Carries no stack trace, because
 * guests may provoke many of them; {@link #getMessage()} says what was accessed and why it was refused.
 */
public final class BusFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int address;

    public BusFault(int address, String why) {
        super(why, null, false, false);
        this.address = address;
    }

    /** The address that was accessed, as it is reported in BFAR. */
    public int address() {
        return address;
    }
}
