package dev.updraft.cli.delta;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.InputFile;
import dev.updraft.delta.Firmware;
import dev.updraft.delta.PatchException;
import java.nio.file.Path;

/** What can go wrong with a patch, as a sentence about the file that the person named. */
final class Patches {
    private Patches() {}

    /** Work that may find a patch or an image to be wrong. */
    @FunctionalInterface
    interface Work<T> {
        T result() throws PatchException;
    }

    static Firmware firmware(Path path) {
        return of(path, () -> Firmware.of(InputFile.imageBytes(path)));
    }

    static <T> T of(Path path, Work<T> work) {
        try {
            return work.result();
        } catch (PatchException wrong) {
            throw new UserError("The file '" + path + "' cannot be used: " + wrong.getMessage() + ".", wrong);
        }
    }
}
