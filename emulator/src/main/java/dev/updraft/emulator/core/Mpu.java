package dev.updraft.emulator.core;

/** The memory protection unit (Armv7-M ARM B3.5): eight regions over the default memory map. */
final class Mpu {
    private static final int REGIONS = 8;
    private static final int ENABLE = 1;
    private static final int HFNMIENA = 2;
    private static final int PRIVDEFENA = 4;
    private static final int EXECUTE_NEVER = 1 << 28;

    private int control;
    private int selected;
    /** RBAR without its VALID and REGION fields. */
    private final int[] base = new int[REGIONS];
    /** RASR. */
    private final int[] attributes = new int[REGIONS];

    private final PendingWork attention;

    Mpu(PendingWork attention) {
        this.attention = attention;
    }

    void reset() {
        restore(new int[2 + 2 * REGIONS]);
    }

    /** @param urgent whether the processor runs at a negative priority: HardFault, NMI or FAULTMASK */
    boolean inForce(boolean urgent) {
        return (control & ENABLE) != 0 && (!urgent || (control & HFNMIENA) != 0);
    }

    /** Whether data may be read or written there. */
    boolean allows(int address, boolean write, boolean privileged) {
        if (isSystem(address)) {
            return true;
        }
        int region = regionAt(address);
        return region < 0 ? background(privileged) : permits(attributes[region], write, privileged);
    }

    boolean executable(int address, boolean privileged) {
        int region = regionAt(address);
        return region < 0 ? background(privileged) : executes(attributes[region], privileged);
    }

    /** Whether everything from an address on, so many bytes, may be read, and written; false when in doubt. */
    boolean allowsAll(int from, int size, boolean write, boolean privileged) {
        return all(from, size, privileged, rasr -> permits(rasr, write, privileged));
    }

    boolean allExecutable(int from, int size, boolean privileged) {
        return all(from, size, privileged, rasr -> executes(rasr, privileged));
    }

    private boolean all(int from, int size, boolean privileged, java.util.function.IntPredicate permission) {
        long first = Integer.toUnsignedLong(from);
        for (int i = REGIONS - 1; i >= 0; i--) {
            long start = Integer.toUnsignedLong(base[i]);
            long end = start + length(i);
            if ((attributes[i] & 1) != 0 && start < first + size && first < end) {
                if (!permission.test(attributes[i])) {
                    return false;
                }
                if (start <= first && end >= first + size && (attributes[i] & 0xFF00) == 0) {
                    return true;
                }
            }
        }
        return background(privileged);
    }

    private boolean background(boolean privileged) {
        return privileged && (control & PRIVDEFENA) != 0;
    }

    /** The private peripheral bus, which regions do not change (B3.5.1). */
    private static boolean isSystem(int address) {
        return address >>> 20 == 0xE00;
    }

    private long length(int region) {
        return 1L << (attributes[region] >>> 1 & 31) + 1;
    }

    /** The enabled region with the highest number that has the address, or -1. */
    private int regionAt(int address) {
        for (int i = REGIONS - 1; i >= 0; i--) {
            long offset = Integer.toUnsignedLong(address) - Integer.toUnsignedLong(base[i]);
            long length = length(i);
            if ((attributes[i] & 1) != 0 && offset >= 0 && offset < length) {
                int part = (int) (offset / Math.max(1, length / 8));
                if (length < 256 || (attributes[i] >>> 8 + part & 1) == 0) {
                    return i;
                }
            }
        }
        return -1;
    }

    /** Table B3-15. */
    private static boolean permits(int rasr, boolean write, boolean privileged) {
        int access = rasr >>> 24 & 7;
        if (write) {
            return access == 3 || privileged && (access == 1 || access == 2);
        }
        return access == 2 || access == 3 || access >= 6 || privileged && (access == 1 || access == 5);
    }

    private static boolean executes(int rasr, boolean privileged) {
        return (rasr & EXECUTE_NEVER) == 0 && permits(rasr, false, privileged);
    }

    /** @param offset in the System Control Space, 0xD90 to 0xDB4 */
    int read(int offset) {
        return switch (offset) {
            case 0xD90 -> REGIONS << 8; // MPU_TYPE
            case 0xD94 -> control;
            case 0xD98 -> selected;
            default -> (offset & 4) != 0 ? base[alias(offset)] | alias(offset) : attributes[alias(offset)];
        };
    }

    /** RBAR and RASR have three aliases, for the regions after the selected one (B3.5.8). */
    private int alias(int offset) {
        return selected & 4 | (selected & 3) + ((offset - 0xD9C) >> 3) & 3;
    }

    void write(int offset, int value) {
        switch (offset) {
            case 0xD90 -> {}
            case 0xD94 -> control = value & 7;
            case 0xD98 -> selected = value & 7;
            default -> {
                boolean address = (offset & 4) != 0;
                if (address && (value & 16) != 0) { // VALID chooses the region
                    selected = value & 7;
                    base[selected] = value & ~0x1F;
                } else if (address) {
                    base[alias(offset)] = value & ~0x1F;
                } else {
                    attributes[alias(offset)] = value;
                }
            }
        }
        attention.asked = true; // the processor looks anew before the next instruction
    }

    int[] save() {
        int[] out = new int[2 + 2 * REGIONS];
        out[0] = control;
        out[1] = selected;
        System.arraycopy(base, 0, out, 2, REGIONS);
        System.arraycopy(attributes, 0, out, 2 + REGIONS, REGIONS);
        return out;
    }

    void restore(int[] from) {
        control = from[0];
        selected = from[1];
        System.arraycopy(from, 2, base, 0, REGIONS);
        System.arraycopy(from, 2 + REGIONS, attributes, 0, REGIONS);
        attention.asked = true;
    }
}
