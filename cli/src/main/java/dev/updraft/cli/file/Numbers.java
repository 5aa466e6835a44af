package dev.updraft.cli.file;

import dev.updraft.cli.UserError;

/** Numbers on the command line, decimal or hexadecimal. */
public final class Numbers {
    private Numbers() {}

    /** @return 0 to 0xffffffff */
    public static long parse(String option, String text) {
        try {
            long number = Long.decode(text);
            if (number >= 0 && number <= 0xffff_ffffL) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // said below
        }
        throw new UserError(
                "'" + text + "' is no number for " + option + ": write it like 4096 or 0x1000, at most 0xffffffff.");
    }
}
