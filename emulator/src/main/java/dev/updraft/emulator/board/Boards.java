package dev.updraft.emulator.board;

import java.util.List;

/** The chips that can be on an emulated board. */
public final class Boards {
    private Boards() {}

    /** Without package and size, as STM32F407. */
    public static List<String> chips() {
        return Lines.names();
    }

    /** Whether there is an emulated chip for a part, as STM32F407VG. */
    public static boolean has(String part) {
        return Lines.of(part).isPresent();
    }

    /** Begins to build a board around a chip, with the usual parts: {@code Boards.create("stm32f407").build()}. */
    public static BoardBuilder create(String part) {
        return new BoardBuilder(
                part,
                Lines.of(part)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "there is no emulated '" + part + "'; there are " + String.join(", ", Lines.names()))));
    }
}
