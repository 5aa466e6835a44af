package dev.updraft.server.store;

/** What a change is about; the order is the order in which a process takes them over. */
public enum Topic {
    /** An API token, a user or a tenant. */
    TOKEN,
    /** What a tenant demands of its releases. */
    RULE,
    /** A release, or what is known of its rehearsals. */
    RELEASE,
    DEVICE,
    GROUP,
    ROLLOUT,
    WEBHOOK,
    /** A setting of hawkBit's, or what only hawkBit knows of a device. */
    HAWKBIT,
    /** Devices checked in; {@code detail} holds their keys. */
    SEEN,
    /** An update moved; {@code detail} says from where to where. Last, because counts must be taken over exactly once. */
    UPDATE
}
