package dev.updraft.cli.emulate;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.OutputFile;
import dev.updraft.emulator.board.Board;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The content of a chip's flash in a file between two runs; nothing where no file is given. */
record KeptFlash(@Nullable Path file) {
    private static final int FLASH = 0x0800_0000;

    void load(Board to) {
        if (file == null || !Files.exists(file)) {
            return;
        }
        try {
            byte[] content = Files.readAllBytes(file);
            int size = to.flash().bytes().length;
            if (content.length != size) {
                throw new UserError("'" + file + "' has " + content.length + " bytes and the flash of " + to.name()
                        + " has " + size + ": it is of another chip.");
            }
            to.program(FLASH, content);
        } catch (IOException e) {
            throw new UserError("The flash cannot be read from '" + file + "' (" + e + ").", e);
        }
    }

    void save(Board of) {
        if (file != null) {
            OutputFile.write(file, of.flash().bytes().clone());
        }
    }
}
