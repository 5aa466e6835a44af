package dev.updraft.rehearsal;

/** Told how a rehearsal gets on; called from several threads, after each cut point. */
@FunctionalInterface
public interface Progress {
    void advanced(int done, int total, int failed);
}
