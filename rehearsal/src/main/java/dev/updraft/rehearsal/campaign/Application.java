package dev.updraft.rehearsal.campaign;

/** What the new application does once it runs on trial. */
enum Application {
    /** Records that it works, as the agent does. */
    CONFIRMS,
    /** Hangs until the watchdog bites. */
    HANGS
}
