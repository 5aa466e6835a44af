package dev.updraft.rehearsal.campaign;

/**
 * How one sector of the flash was used.
 *
 * @param address the processor's
 * @param use bootloader, log, settings, running, staging
 * @param erases most of them in one sequence: an update with a cut, its recovery, and a second cut where there was one
 */
public record Sector(int address, int size, String use, int erases) {}
