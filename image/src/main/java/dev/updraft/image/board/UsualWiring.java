package dev.updraft.image.board;

import java.util.List;

/** Pins to start from: those of docs/reference/boards.md, and where a series has no such UART, those that ST's boards use. */
final class UsualWiring {
    private UsualWiring() {}

    static String of(Part part, BoardProposal.Staging staging) {
        StringBuilder text = new StringBuilder();
        switch (part.series()) {
            case "STM32WB" -> {
                uart(text, "console", "USART1", -1, List.of("PB6 AF7", "PB7 AF7"));
                uart(text, "wifi", "LPUART1", 37, List.of("PC1 AF8", "PC0 AF8", "PB13 AF8", "PB12 AF8"));
            }
            case "STM32WL" -> {
                uart(text, "console", "LPUART1", -1, List.of("PA2 AF8", "PA3 AF8"));
                uart(text, "wifi", "USART1", 36, List.of("PB6 AF7", "PB7 AF7", "PB4 AF7", "PB3 AF7"));
            }
            default -> {
                uart(text, "console", "USART1", -1, List.of("PA9 AF7", "PA10 AF7"));
                uart(text, "wifi", "USART2", 38, List.of("PA2 AF7", "PA3 AF7", "PA0 AF7", "PA1 AF7"));
            }
        }
        if (staging == BoardProposal.Staging.NOR) {
            spi(text, "nor", "PB0");
            text.append("size = \"1M\"\n");
        } else {
            spi(text, "card", "PA4");
        }
        return text.toString();
    }

    private static void uart(StringBuilder text, String table, String uart, int interrupt, List<String> pins) {
        text.append('[')
                .append(table)
                .append("]\n")
                .append("uart = \"")
                .append(uart)
                .append("\"\n");
        if (interrupt >= 0) {
            text.append("interrupt = ").append(interrupt).append('\n');
        }
        List<String> signals = List.of("tx", "rx", "cts", "rts");
        for (int i = 0; i < pins.size(); i++) {
            text.append(signals.get(i)).append(" = \"").append(pins.get(i)).append("\"\n");
        }
        text.append('\n');
    }

    private static void spi(StringBuilder text, String table, String select) {
        text.append('[')
                .append(table)
                .append("]\nspi = \"SPI1\"\nsck = \"PA5 AF5\"\nmiso = \"PA6 AF5\"\nmosi = \"PA7 AF5\"\nselect = \"")
                .append(select)
                .append("\"\n");
    }
}
