package dev.updraft.emulator.board;

import dev.updraft.emulator.flash.FlashTiming;
import dev.updraft.emulator.network.Network;
import dev.updraft.emulator.network.NoNetwork;
import dev.updraft.emulator.part.BlockStore;
import dev.updraft.emulator.part.Console;
import dev.updraft.emulator.part.EspAt;
import dev.updraft.emulator.part.EspSettings;
import dev.updraft.emulator.part.SdCard;
import dev.updraft.emulator.part.SpiNor;
import dev.updraft.emulator.part.SpiPart;
import dev.updraft.emulator.part.W5500;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What a board is made of. Boards that are built the same way can take over each other's snapshots. */
public final class BoardBuilder {
    private final String name;
    private final Lines line;
    private Memories memories;
    private long seed = 1;
    private byte @Nullable [] uid;
    private @Nullable FlashTiming timing;
    private Network network = new NoNetwork();
    private EspSettings wifi = EspSettings.USUAL;
    private @Nullable BlockStore sdCard;
    private int spiNorSize = 1 << 20;
    private boolean ethernet;
    private Wiring wiring = Wiring.USUAL;
    private boolean unmodelledStops = true;

    BoardBuilder(String name, Lines line) {
        this.name = name;
        this.line = line;
        memories = line.usual();
    }

    /** Decides everything that is left to chance: RAM at power-up, random numbers, torn flash, the UID when none is given. */
    public BoardBuilder seed(long value) {
        seed = value;
        return this;
    }

    /** The chip's 96-bit unique ID: 12 bytes. */
    public BoardBuilder uid(byte[] twelveBytes) {
        if (twelveBytes.length != 12) {
            throw new IllegalArgumentException("a unique ID has 12 bytes, not " + twelveBytes.length);
        }
        uid = twelveBytes.clone();
        return this;
    }

    /** How long the chip's flash operations take; typical times when not given. */
    public BoardBuilder flashTiming(FlashTiming times) {
        timing = times;
        return this;
    }

    /** What the Wi-Fi module can reach; nothing when not given. One network object a board. */
    public BoardBuilder network(Network value) {
        network = value;
        return this;
    }

    /** How the Wi-Fi module is made. */
    public BoardBuilder wifi(EspSettings settings) {
        wifi = settings;
        return this;
    }

    /** Puts an SD card in the slot; it is empty when not given. */
    public BoardBuilder sdCard(BlockStore content) {
        sdCard = content;
        return this;
    }

    /** Size of the SPI NOR flash in bytes: a power of two from 64 KiB to 16 MiB, 1 MiB when not given; 0: the board has none. */
    public BoardBuilder spiNor(int size) {
        spiNorSize = size;
        return this;
    }

    /** Flash and RAM of the part; those of the line's usual one when not given. */
    public BoardBuilder memories(Memories value) {
        memories = value;
        return this;
    }

    /** Puts the W5500 on the board; not there when not said. It reaches what the Wi-Fi module does. */
    public BoardBuilder ethernet(boolean on) {
        ethernet = on;
        return this;
    }

    /** Has peripherals that are not modelled read as 0, with a note; otherwise they stop the board. */
    public BoardBuilder noteUnmodelled() {
        unmodelledStops = false;
        return this;
    }

    /** How the parts are wired; {@link Wiring#USUAL} when not given. */
    public BoardBuilder wiring(Wiring value) {
        wiring = value;
        return this;
    }

    /** The USART or UART that the console is on, as UART4. For firmware that prints elsewhere than the board's own. */
    public BoardBuilder consoleOn(String uart) {
        wiring = wiring.withConsole(uart);
        return this;
    }

    public Board build() {
        byte[] id = uid;
        if (id == null) {
            id = new byte[12];
            new SplittableRandom(seed).nextBytes(id);
        }
        Signals signals = new Signals();
        signals.unmodelledStops(unmodelledStops);
        Chip chip = line.build(new Chip.Options(seed, id, timing == null ? line.timing() : timing, memories), signals);
        network.attach(chip.time);
        Console console = new Console(chip.time);
        EspAt module = new EspAt(chip.time, network, wifi);
        chip.connect(wiring.console(), console);
        if (wiring.wifi() != null) {
            chip.connect(wiring.wifi(), module);
        }
        SdCard card = sdCard == null ? null : new SdCard(chip.time, sdCard);
        SpiNor nor = spiNorSize == 0 ? null : new SpiNor(spiNorSize, chip.operations, chip.time);
        if (card != null && wiring.cardSelect() != null) {
            select(chip, card, wiring.cardSelect());
        }
        if (nor != null && wiring.norSelect() != null) {
            select(chip, nor, wiring.norSelect());
        }
        W5500 wired = ethernet ? new W5500(chip.time, network) : null;
        if (wired != null && wiring.ethernetSelect() != null) {
            select(chip, wired, wiring.ethernetSelect());
        }
        return new Board(name, chip, seed, new Parts(console, module, card, nor, wired, network));
    }

    private static void select(Chip chip, SpiPart part, String pin) {
        chip.spi1Wires.attach(part, chip.gpio(pin.charAt(0)), Integer.parseInt(pin.substring(1)));
    }
}
