package dev.updraft.cli.bootloader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.cli.demo.FirmwareBuild;
import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.board.BoardBuilder;
import dev.updraft.emulator.board.Boards;
import dev.updraft.emulator.board.Outcome;
import dev.updraft.image.Image;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A board with the compiled bootloader, and what a programmer and an agent would do to it. */
final class Rig implements AutoCloseable {
    private static final int FLASH = 0x0800_0000;
    private static final int VTOR = 0xE000_ED08;
    private static final long SECOND = 1_000_000;
    private static final Map<Chip, byte[]> BOOTLOADERS = new ConcurrentHashMap<>();

    final Chip chip;
    final Board board;

    Rig(Chip chip) {
        this(chip, parts -> parts);
    }

    Rig(Chip chip, UnaryOperator<BoardBuilder> parts) {
        this.chip = chip;
        board = parts.apply(Boards.create(chip.board()).seed(11).flashTiming(chip.timing))
                .build();
        board.program(FLASH, bootloader(chip));
    }

    private static Path build(Chip chip) {
        // Tests run in several processes, and two makes must not write to one place.
        String process = System.getProperty("updraft.fork", "process-1");
        return FirmwareBuild.home()
                .resolve("build/bootloader-test")
                .resolve(process)
                .resolve(chip.board());
    }

    /** The bootloader that the boards run, with its symbols. */
    static Path bootloaderElf(Chip chip) {
        bootloader(chip);
        return build(chip).resolve("boot.elf");
    }

    /** With everything that a product can have in it, and the keys of device/test/keys. */
    static byte[] bootloader(Chip chip) {
        return BOOTLOADERS.computeIfAbsent(
                chip,
                each -> new FirmwareBuild(FirmwareBuild.home(), each.described(), build(each))
                        .bootloader(Images.keysHeader(), "NOR=1", "TEST_KEYS=1"));
    }

    /** Puts an image where it runs, as a programmer does, and runs it. */
    Rig runs(Image image) {
        board.program(chip.slot(), image.bytes().toArray());
        board.powerOn();
        runUntil(image);
        return this;
    }

    /** Puts an image into staging and asks for it in the log, as an agent does; then the power goes. */
    Rig wants(Image image) {
        board.powerOff(true);
        board.program(chip.staging() + chip.step(), image.bytes().toArray());
        BootState.of(this).want(image);
        return this;
    }

    void runUntil(Image image) {
        runUntil(() -> isRunning(image), 30);
        assertThat(isRunning(image)).as(this::story).isTrue();
    }

    /** Runs through resets and power cuts until the condition holds, for so many seconds of the board's time. */
    void runUntil(BooleanSupplier condition, int seconds) {
        if (!board.isOn()) {
            board.powerOn();
        }
        long end = board.time().nanos() + seconds * SECOND * 1000;
        while (!condition.getAsBoolean() && board.time().nanos() < end) {
            switch (board.run(condition, SECOND)) {
                case Outcome.TimeUp time -> {}
                case Outcome.PowerCut cut -> board.powerOn();
                case Outcome.Idle idle -> {
                    return;
                }
                case Outcome other -> throw new AssertionError(other.message() + "\n" + board.report() + story());
            }
        }
    }

    /** Whether the vector table is this image's and the slot holds it whole. */
    boolean isRunning(Image image) {
        byte[] expected = image.bytes().toArray();
        int at = chip.slot() - FLASH;
        return hasStarted()
                && Arrays.equals(board.flash().bytes(), at, at + expected.length, expected, 0, expected.length);
    }

    /** Whether an application runs. */
    boolean hasStarted() {
        return board.isOn() && board.cpu().bus().read(VTOR, 4) == chip.slot() + chip.header();
    }

    /** Writes a backup register as an application does. */
    void backupRegister(int number, int value) {
        board.cpu().bus().write(chip.backupRegisters + 4 * number, 4, value);
        assertThat(board.backupRegister(number)).isEqualTo(value);
    }

    /** Asks the bootloader for something through the backup registers (docs/reference/backup-registers.md), and resets. */
    void request(int what) {
        backupRegister(0, 0x5244_5055);
        backupRegister(1, what);
        backupRegister(2, ~(0x5244_5055 ^ what * 0x9E37_79B1));
        board.pressReset();
    }

    boolean said(String words) {
        return board.console().text().contains(words);
    }

    /** What the board printed, for the message of a failed test. */
    String story() {
        return "the %s printed:%n%s".formatted(chip, board.console().text());
    }

    @Override
    public void close() {
        board.close();
    }
}
