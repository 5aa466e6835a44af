package dev.updraft.image.board;

import java.util.List;
import java.util.Optional;

/**
 * What stands around the chip.
 *
 * @param console where bootloader and application speak
 * @param wifi an ESP-AT module
 * @param card an SD card slot on SPI
 * @param nor an SPI NOR flash
 */
public record Wiring(Optional<Uart> console, Optional<Uart> wifi, Optional<Spi> card, Optional<Spi> nor) {
    /**
     * A UART.
     *
     * @param name as USART1 or LPUART1
     * @param interrupt its number in the vector table; -1 where it is polled
     * @param pins transmit and receive; with flow control clear-to-send and request-to-send follow
     */
    public record Uart(String name, int interrupt, List<Pin> pins) {
        public Uart {
            pins = List.copyOf(pins);
        }
    }

    /**
     * A memory on an SPI.
     *
     * @param name as SPI1
     * @param pins clock, data in, data out
     * @param select its chip select, active low
     * @param size in bytes; 0 where the medium tells
     */
    public record Spi(String name, List<Pin> pins, Pin select, int size) {
        public Spi {
            pins = List.copyOf(pins);
        }
    }
}
