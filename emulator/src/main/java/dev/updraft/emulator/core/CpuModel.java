package dev.updraft.emulator.core;

/** The processors of the STM32 families. */
public enum CpuModel {
    /** Armv6-M, as in the STM32F0. */
    CORTEX_M0(0x410CC200, 2, false),
    /** Armv7E-M with FPv4-SP, as in the STM32F4 and L4. */
    CORTEX_M4(0x410FC241, 4, true),
    /** Armv7E-M, as in the STM32H7. */
    CORTEX_M7(0x411FC271, 4, false);

    /** CPUID (B3.2.3). */
    final int id;

    final int priorityBits;
    final boolean bitBanding;

    CpuModel(int id, int priorityBits, boolean bitBanding) {
        this.id = id;
        this.priorityBits = priorityBits;
        this.bitBanding = bitBanding;
    }
}
