package dev.updraft.emulator.board;

import java.util.List;

/** The boards there are. */
public final class Boards {
    private static final List<String> NAMES = List.of("stm32f407", "stm32l476", "stm32h743");

    private Boards() {}

    /** Names as in docs/reference/image.md. */
    public static List<String> names() {
        return NAMES;
    }

    /** Begins to build a board with the usual parts: {@code Boards.create("stm32f407").build()}. */
    public static BoardBuilder create(String name) {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException(
                    "there is no board '" + name + "'; there are " + String.join(", ", NAMES));
        }
        return new BoardBuilder(name);
    }
}
