package dev.updraft.rehearsal.application;

import java.util.List;

/**
 * What became of the new application when it was run.
 *
 * @param sentence for a person: what happened, and what to do where it does not work
 * @param seconds of the device's time from its first start on trial to the end of the observation
 * @param starts how often the bootloader started it in that time
 * @param confirmed it recorded that it works
 * @param connections that it opened to a server and that were accepted
 * @param console the last lines that it printed, with the bootloader's
 */
public record ApplicationResult(
        Verdict verdict,
        String sentence,
        double seconds,
        int starts,
        boolean confirmed,
        int connections,
        List<String> console) {
    /** Whether a release can go out with it. */
    public enum Verdict {
        /** Nobody asked for it. */
        NOT_ASKED,
        /** No fault, its watchdog fed, its own vector table. */
        WORKED,
        /** Devices would take it back, or worse. */
        FAILED,
        /** It needs something that is not emulated: this says nothing about it. */
        NOT_RUN
    }

    public static final ApplicationResult NOT_ASKED =
            new ApplicationResult(Verdict.NOT_ASKED, "The application was not run.", 0, 0, false, 0, List.of());

    public ApplicationResult {
        console = List.copyOf(console);
    }

    /** Whether it was run for the whole time, or until it failed. */
    public boolean ran() {
        return verdict == Verdict.WORKED || verdict == Verdict.FAILED;
    }
}
