package dev.updraft.cli.factory;

import dev.updraft.image.board.Board;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Programs that write a HEX file into a chip through an ST-LINK. */
enum Programmer {
    ST_FLASH {
        @Override
        List<String> line(Board board, Path hex) {
            return List.of("st-flash", "--reset", "--format", "ihex", "write", hex.toString());
        }
    },
    OPENOCD {
        @Override
        List<String> line(Board board, Path hex) {
            String target = board.chip().series().toLowerCase(Locale.ROOT) + "x.cfg";
            return List.of(
                    "openocd",
                    "-f",
                    "interface/stlink.cfg",
                    "-f",
                    "target/" + target,
                    "-c",
                    "program " + hex + " verify reset exit");
        }
    },
    CUBEPROGRAMMER {
        @Override
        List<String> line(Board board, Path hex) {
            return List.of("STM32_Programmer_CLI", "-c", "port=SWD", "-d", hex.toString(), "-v", "-rst");
        }
    };

    /** The command and its arguments. */
    abstract List<String> line(Board board, Path hex);

    /** As it is typed. */
    String typed(Board board, Path hex) {
        return String.join(
                " ",
                line(board, hex).stream()
                        .map(word -> word.contains(" ") ? "'" + word + "'" : word)
                        .toList());
    }
}
