package dev.updraft.emulator.chip;

/** Why a chip starts anew. */
public enum ResetCause {
    POWER_ON,
    PIN,
    SOFTWARE,
    INDEPENDENT_WATCHDOG,
    WINDOW_WATCHDOG,
    OPTION_LOAD
}
