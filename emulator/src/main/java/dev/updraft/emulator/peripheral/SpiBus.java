package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.part.SpiPart;
import java.util.ArrayList;
import java.util.List;

/** The wires of one SPI bus: MOSI goes to all parts, MISO comes from whichever is selected. */
public final class SpiBus {
    private final List<SpiPart> parts = new ArrayList<>();

    /** Puts a part on the bus; its chip select is active low on the given pin. */
    public void attach(SpiPart part, Gpio port, int pin) {
        parts.add(part);
        port.onPin(pin, high -> part.select(!high));
    }

    /** Eight clocks with a byte on MOSI; returns what is on MISO, which is pulled high. */
    int transfer(int value) {
        int answer = 0xFF;
        for (SpiPart part : parts) {
            answer &= part.transfer(value);
        }
        return answer;
    }
}
