package dev.updraft.rehearsal;

/** What can go wrong during an update (docs/design/failure-model.md), as far as a rehearsal tries it. */
public enum FaultKind {
    /** The power goes at a flash operation. */
    POWER,
    /** The medium outside the chip is silent: for some bytes, for a boot, or in the boot after a power cut. */
    OUTAGE,
    /** One bit from that medium is wrong. */
    NOISE,
    /** A reset at an instruction, with RAM and the medium left as they are. */
    RESET
}
