package dev.updraft.cli.bootloader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.flash.Tear;
import dev.updraft.emulator.flash.Tear.Look;
import dev.updraft.image.Image;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What may happen to a device, and does not keep its bootloader from ending on an image that verifies. */
class SurvivalTest {
    private static final int SIZE = 17_000; // two steps on the L4
    private static final int CONFIRMED = 1;
    private static final int TRIAL = 4;
    private static final int ROLLED_BACK = 6;
    private static final int REFUSED = 7;
    private static final int SIGNATURE = 1;
    private static final int WATCHDOG = 12;

    /** The torn unit cannot be read: an NMI on the L4, a BusFault on the H7, some bits wrong on the F4. */
    @ParameterizedTest
    @MethodSource("dev.updraft.cli.bootloader.Chip#underTest")
    void aUnitThatAPowerCutLeftUnreadable(Chip chip) {
        survivesCutsThatLook(Look.UNREADABLE, chip);
    }

    /** Looks erased and takes no data. */
    @ParameterizedTest
    @MethodSource("dev.updraft.cli.bootloader.Chip#underTest")
    void aUnitThatAPowerCutLeftRefusing(Chip chip) {
        survivesCutsThatLook(Look.REFUSES, chip);
    }

    private static void survivesCutsThatLook(Look look, Chip chip) {
        Image old = Images.signed(chip, "1.0.0", SIZE);
        Image next = Images.signed(chip, "1.1.0", SIZE);
        try (Rig rig = new Rig(chip).runs(old).wants(next)) {
            Board.Snapshot before = rig.board.snapshot();
            long first = rig.board.flashOperations() + 1;
            rig.runUntil(next);
            long last = rig.board.flashOperations();
            LongStream.of(first, first + 1, first + 40, (first + last) / 2, last - 50, last)
                    .forEach(operation -> {
                        rig.board.restore(before);
                        rig.board.cutPowerAt(operation, Tear.looking(look, operation));
                        rig.runUntil(next);
                        assertThat(BootState.of(rig).phase()).isEqualTo(TRIAL);
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("dev.updraft.cli.bootloader.Chip#underTest")
    void aTrialThatNobodyConfirms(Chip chip) {
        Image old = Images.signed(chip, "1.0.0", SIZE);
        Image next = Images.signed(chip, "1.1.0", SIZE);
        try (Rig rig = new Rig(chip).runs(old).wants(next)) {
            rig.runUntil(next);
            rig.runUntil(() -> rig.isRunning(old), 200); // it sleeps through three watchdogs of 30 s

            assertThat(rig.isRunning(old)).as(rig::story).isTrue();
            BootState log = BootState.of(rig);
            assertThat(log.phase()).isEqualTo(CONFIRMED);
            assertThat(log.outcomeEvent()).isEqualTo(ROLLED_BACK);
            assertThat(log.outcomeReason()).isEqualTo(WATCHDOG);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.updraft.cli.bootloader.Chip#underTest")
    void anImageOfSomebodyElse(Chip chip) {
        Image old = Images.signed(chip, "1.0.0", SIZE);
        Image forged = Images.forged(chip, "1.1.0", SIZE);
        try (Rig rig = new Rig(chip).runs(old).wants(forged)) {
            rig.runUntil(old);

            assertThat(BootState.of(rig).outcomeEvent()).isEqualTo(REFUSED);
            assertThat(BootState.of(rig).outcomeReason()).isEqualTo(SIGNATURE);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.updraft.cli.bootloader.Chip#underTest")
    void aLostBackupDomainInTheMiddleOfAnUpdate(Chip chip) {
        Image old = Images.signed(chip, "1.0.0", SIZE);
        Image next = Images.signed(chip, "1.1.0", SIZE);
        try (Rig rig = new Rig(chip).runs(old).wants(next)) {
            long begun = rig.board.flashOperations();
            rig.runUntil(() -> rig.board.flashOperations() > begun + 200, 30);
            assertThat(rig.hasStarted()).isFalse();
            rig.board.powerOff(false);

            rig.runUntil(next);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.updraft.cli.bootloader.Chip#underTest")
    void garbageInTheBackupRegisters(Chip chip) {
        Image image = Images.signed(chip, "1.0.0", SIZE);
        SplittableRandom random = new SplittableRandom(7);
        try (Rig rig = new Rig(chip).runs(image)) {
            for (int round = 0; round < 8; round++) {
                for (int register = 0; register < 20; register++) {
                    rig.backupRegister(register, random.nextInt());
                }
                if (round % 2 == 0) {
                    rig.backupRegister(0, 0x5244_5055); // the magic, and a check that does not fit
                }
                rig.board.pressReset();
                rig.runUntil(image);
            }
            rig.request(99); // fits together, and asks for nothing that there is
            rig.runUntil(image);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.updraft.cli.bootloader.Chip#underTest")
    void aLogThatIsFull(Chip chip) {
        Image old = Images.signed(chip, "1.0.0", SIZE);
        Image next = Images.signed(chip, "1.1.0", SIZE);
        try (Rig rig = new Rig(chip).runs(old)) {
            rig.wants(next);
            BootState.of(rig).fill();
            int records = BootState.of(rig).sequence();
            rig.runUntil(next);

            assertThat(BootState.of(rig).sequence()).isGreaterThan(records);
        }
    }
}
