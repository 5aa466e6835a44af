package dev.updraft.emulator.board;

import dev.updraft.emulator.flash.Tear;
import dev.updraft.emulator.network.Network;
import dev.updraft.emulator.part.Console;
import dev.updraft.emulator.part.EspAt;
import dev.updraft.emulator.part.SdCard;
import dev.updraft.emulator.part.SpiNor;
import dev.updraft.emulator.part.W5500;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wired to the chip of a board. */
record Parts(
        Console console,
        EspAt wifi,
        @Nullable SdCard sdCard,
        @Nullable SpiNor spiNor,
        @Nullable W5500 ethernet,
        Network network) {
    void powerUp() {
        console.powerUp();
        wifi.powerUp();
        if (sdCard != null) {
            sdCard.powerUp();
        }
        if (spiNor != null) {
            spiNor.powerUp();
        }
        if (ethernet != null) {
            ethernet.powerUp();
        }
    }

    void powerDown(Tear tear) {
        console.powerDown();
        wifi.powerDown();
        if (sdCard != null) {
            sdCard.powerDown();
        }
        if (spiNor != null) {
            spiNor.interrupt(tear);
            spiNor.powerDown();
        }
        if (ethernet != null) {
            ethernet.powerDown();
        }
    }

    /** Whether a part has nothing to do but to wait for bytes from the network. */
    boolean waitForNetwork() {
        return wifi.waitsForNetwork() || ethernet != null && ethernet.waitsForNetwork();
    }

    List<Object> save() {
        return List.of(
                console.save(),
                wifi.save(),
                sdCard == null ? "" : sdCard.save(),
                spiNor == null ? "" : spiNor.save(),
                ethernet == null ? "" : ethernet.save());
    }

    void restore(List<Object> from) {
        console.restore(from.get(0));
        wifi.restore(from.get(1));
        if (sdCard != null) {
            sdCard.restore(from.get(2));
        }
        if (spiNor != null) {
            spiNor.restore(from.get(3));
        }
        if (ethernet != null) {
            ethernet.restore(from.get(4));
        }
    }
}
