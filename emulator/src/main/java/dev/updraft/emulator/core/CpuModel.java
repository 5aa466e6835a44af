package dev.updraft.emulator.core;

/** The processors of the STM32 families. */
public enum CpuModel {
    /** Armv6-M, as in the STM32F0. */
    CORTEX_M0(0x410CC200, 2, false, false, false),
    /** Armv7E-M with FPv4-SP, as in the STM32F4 and L4. */
    CORTEX_M4(0x410FC241, 4, true, false, false),
    /** Armv7E-M with FPv5 in double precision, as in the STM32H7. */
    CORTEX_M7(0x411FC271, 4, false, true, true);

    /** CPUID (B3.2.3). */
    final int id;

    final int priorityBits;
    final boolean bitBanding;
    /** FPv5: VSEL, VMAXNM, VRINT and their kind. */
    final boolean version5;

    final boolean doublePrecision;

    CpuModel(int id, int priorityBits, boolean bitBanding, boolean version5, boolean doublePrecision) {
        this.id = id;
        this.priorityBits = priorityBits;
        this.bitBanding = bitBanding;
        this.version5 = version5;
        this.doublePrecision = doublePrecision;
    }
}
