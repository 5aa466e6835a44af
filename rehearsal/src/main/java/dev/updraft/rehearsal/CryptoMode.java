package dev.updraft.rehearsal;

/** Who computes hashes and signatures in a rehearsal. */
public enum CryptoMode {
    /** The chip's own code, instruction by instruction. */
    EXACT,
    /** The host answers two leaf functions: one block of SHA-256, and the check of one P-256 signature. */
    HOST
}
