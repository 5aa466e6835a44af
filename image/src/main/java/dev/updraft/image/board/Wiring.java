package dev.updraft.image.board;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What stands around the chip.
 *
 * @param console where bootloader and application speak
 * @param wifi an ESP-AT module
 * @param card an SD card slot on SPI
 * @param nor an SPI NOR flash
 * @param ethernet a W5500
 */
public record Wiring(
        Optional<Uart> console, Optional<Uart> wifi, Optional<Spi> card, Optional<Spi> nor, Optional<Spi> ethernet) {
    /** The parts on SPI by the names of their tables, in the order in which the first one says which pins the bus has. */
    public Map<String, Spi> spiParts() {
        Map<String, Spi> parts = new LinkedHashMap<>();
        card.ifPresent(spi -> parts.put("card", spi));
        nor.ifPresent(spi -> parts.put("nor", spi));
        ethernet.ifPresent(spi -> parts.put("ethernet", spi));
        return parts;
    }

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
     * A part on an SPI.
     *
     * @param name as SPI1
     * @param pins clock, data in, data out
     * @param select its chip select, active low
     * @param size in bytes; 0 where the part tells
     */
    public record Spi(String name, List<Pin> pins, Pin select, int size) {
        public Spi {
            pins = List.copyOf(pins);
        }
    }
}
