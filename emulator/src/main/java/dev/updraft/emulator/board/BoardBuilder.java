package dev.updraft.emulator.board;

import dev.updraft.emulator.flash.FlashTiming;
import dev.updraft.emulator.network.Network;
import dev.updraft.emulator.network.NoNetwork;
import dev.updraft.emulator.part.Console;
import dev.updraft.emulator.part.EspAt;
import dev.updraft.emulator.part.EspSettings;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What a board is made of. Boards that are built the same way can take over each other's snapshots. */
public final class BoardBuilder {
    private final String name;
    private long seed = 1;
    private byte @Nullable [] uid;
    private @Nullable FlashTiming timing;
    private Network network = new NoNetwork();
    private EspSettings wifi = EspSettings.USUAL;

    BoardBuilder(String name) {
        this.name = name;
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

    /** The wiring of all boards: docs/reference/boards.md. */
    public Board build() {
        byte[] id = uid;
        if (id == null) {
            id = new byte[12];
            new SplittableRandom(seed).nextBytes(id);
        }
        FlashTiming times = timing == null ? FlashTiming.F407 : timing;
        Chip chip = new Stm32F407(new Chip.Options(seed, id, times), new Signals());
        network.attach(chip.time);
        Console console = new Console(chip.time);
        EspAt module = new EspAt(chip.time, network, wifi);
        chip.connect(1, console);
        chip.connect(2, module);
        return new Board(name, chip, seed, console, module, network);
    }
}
