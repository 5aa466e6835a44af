package dev.updraft.emulator.board;

import org.jspecify.annotations.Nullable;

/**
 * How the parts of a board are wired to its chip.
 *
 * @param console the USART or UART that the terminal is on, as USART1
 * @param wifi that of the Wi-Fi module; null for none
 * @param cardSelect chip select of the SD card on SPI1, as A4; null for no slot
 * @param norSelect that of the SPI NOR flash on SPI1; null for none
 * @param ethernetSelect that of the W5500 on SPI1; null for none
 */
public record Wiring(
        String console,
        @Nullable String wifi,
        @Nullable String cardSelect,
        @Nullable String norSelect,
        @Nullable String ethernetSelect) {
    /** docs/reference/boards.md. */
    public static final Wiring USUAL = new Wiring("USART1", "USART2", "A4", "B0", "B1");

    /** The same with the terminal elsewhere; a Wi-Fi module that was there is taken off. */
    public Wiring withConsole(String uart) {
        return new Wiring(uart, uart.equals(wifi) ? null : wifi, cardSelect, norSelect, ethernetSelect);
    }
}
