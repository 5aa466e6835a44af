package dev.updraft.emulator.board;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The chips that can be on an emulated board. */
public final class Boards {
    private static final List<String> CHIPS = List.of("stm32f407", "stm32l476", "stm32h743");

    private Boards() {}

    /** In small letters, without package and size. */
    public static List<String> chips() {
        return CHIPS;
    }

    /** Whether there is an emulated chip for a part, as STM32F407VG. */
    public static boolean has(String part) {
        return find(part).isPresent();
    }

    /** Begins to build a board around a chip, with the usual parts: {@code Boards.create("stm32f407").build()}. */
    public static BoardBuilder create(String part) {
        known(part);
        return new BoardBuilder(part);
    }

    static String known(String part) {
        return find(part)
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no emulated '" + part + "'; there are " + String.join(", ", CHIPS)));
    }

    private static Optional<String> find(String part) {
        return CHIPS.stream().filter(part.toLowerCase(Locale.ROOT)::startsWith).findFirst();
    }
}
