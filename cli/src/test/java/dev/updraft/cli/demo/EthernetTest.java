package dev.updraft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.cli.file.DeviceSettings;
import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.board.Outcome;
import dev.updraft.emulator.flash.Tear;
import dev.updraft.emulator.network.ScriptedNetwork;
import dev.updraft.emulator.part.W5500;
import dev.updraft.image.Image;
import dev.updraft.rehearsal.device.EmulatedBoard;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The example application on a W5500, from no address to an update that is confirmed, whatever happens on the wire. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EthernetTest {
    private static final long SECOND = 1_000_000;
    private static final String SERVER = "updates.example:80";

    private dev.updraft.image.board.Board described;
    private byte[] bootloader;
    private Image before;
    private Image after;
    private @Nullable Board running;

    @BeforeAll
    void build() {
        described = dev.updraft.image.board.Board.find("stm32f407");
        Signing publisher = Signing.fresh();
        Path build = FirmwareBuild.home().resolve("build/ethernet-test");
        FirmwareBuild firmware = new FirmwareBuild(FirmwareBuild.home(), described, build);
        bootloader = firmware.bootloader(publisher.writeHeader(build));
        before = publisher.sign(firmware.example("1.0.0", "ethernet"), described.name(), "1.0.0");
        after = publisher.sign(firmware.example("1.1.0", "ethernet"), described.name(), "1.1.0");
    }

    private void start(String server) {
        ScriptedNetwork network = new ScriptedNetwork(
                (host, port) ->
                        SERVER.equals(host + ":" + port) ? Optional.of(new ScriptedServer(after)) : Optional.empty(),
                2_000_000);
        Board board = EmulatedBoard.of(described)
                .seed(3)
                .ethernet(true)
                .network(network)
                .build();
        board.program(0x0800_0000, bootloader);
        board.program(
                (int) described.map().settings().start(),
                DeviceSettings.sector(Map.of("id", "cable", "token", "any", "server", server)));
        board.program((int) described.slot().start(), before.bytes().toArray());
        board.powerOn();
        running = board;
    }

    private Board board() {
        return Objects.requireNonNull(running);
    }

    @AfterEach
    void off() {
        if (running != null) {
            running.close();
            running = null;
        }
    }

    private W5500 part() {
        return board().ethernet().orElseThrow();
    }

    private void until(String line, long seconds) {
        for (long i = 0; i < 10 * seconds && !board().console().text().contains(line); i++) {
            if (board().runFor(SECOND / 10) instanceof Outcome.PowerCut) {
                board().powerOn();
            }
        }
        assertThat(board().console().text()).contains(line);
    }

    @Test
    void anAddressAndANameAndAnUpdate() {
        start(SERVER);
        until("app 1.1.0: confirmed", 120);
        assertThat(board().notes()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource
    void eachThingThatIsMissingHasAReasonOfItsOwnAndTheUpdateComesOnceItIsThere(
            String reason, Consumer<W5500> missing, Consumer<W5500> there) {
        start(SERVER);
        missing.accept(part());
        until("app 1.0.0: ethernet " + reason, 120);
        assertThat(board().console().text()).doesNotContain("downloading");
        there.accept(part());
        until("app 1.1.0: confirmed", 600);
    }

    static Stream<Arguments> eachThingThatIsMissingHasAReasonOfItsOwnAndTheUpdateComesOnceItIsThere() {
        return Stream.of(
                missing(
                        "absent",
                        part -> part.faults().setAbsent(true),
                        part -> part.faults().setAbsent(false)),
                missing(
                        "no-link",
                        part -> part.faults().setUnplugged(true),
                        part -> part.faults().setUnplugged(false)),
                missing(
                        "no-lease",
                        part -> part.services().givesLeases(false),
                        part -> part.services().givesLeases(true)),
                missing(
                        "no-lease",
                        part -> part.services().refusesLeases(true),
                        part -> part.services().refusesLeases(false)),
                missing(
                        "no-dns",
                        part -> part.services().resolves(false),
                        part -> part.services().resolves(true)),
                missing(
                        "no-lease",
                        part -> part.faults().setCommandsHang(true),
                        part -> part.faults().setCommandsHang(false)));
    }

    private static Arguments missing(String reason, Consumer<W5500> missing, Consumer<W5500> there) {
        return Arguments.of(reason, missing, there);
    }

    @Test
    void aNameThatIsNotThereAndAPortThatNobodyListensAtAreSaid() {
        start("updates.invalid:80");
        until("app 1.0.0: ethernet no-name", 60);
        off();
        start("updates.example:81");
        until("app 1.0.0: ethernet refused", 60);
    }

    @Test
    void aLeaseIsRenewedAndOneThatEndedIsAskedForAgain() {
        start("updates.example:81");
        part().services().leaseSeconds(20);
        until("app 1.0.0: ethernet refused", 60);
        part().services().givesLeases(false); // nobody renews
        until("app 1.0.0: ethernet no-lease", 600);
    }

    /** Faults at moments that a seed draws; more of them with -Dupdraft.schedules=N. */
    @TestFactory
    Stream<DynamicTest> whateverHappensOnTheWireItEndsUpdated() {
        return LongStream.range(0, Integer.getInteger("updraft.schedules", 6))
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> live(new SplittableRandom(seed))));
    }

    private void live(SplittableRandom chance) {
        start(SERVER);
        try {
            for (int faults = 2 + chance.nextInt(8); faults > 0; faults--) {
                board().runFor(chance.nextLong(3 * SECOND));
                disturb(chance);
                if (!board().isOn()) {
                    board().powerOn();
                }
            }
            until("app 1.1.0: confirmed", 8_000); // the server says an hour between check-ins
        } finally {
            off();
        }
    }

    private void disturb(SplittableRandom chance) {
        long lasts = chance.nextLong(20 * SECOND);
        W5500 part = part();
        switch (chance.nextInt(7)) {
            case 0 -> {
                part.faults().setUnplugged(true);
                board().runFor(lasts);
                part.faults().setUnplugged(false);
            }
            case 1 -> {
                part.faults().setSendsHang(true);
                board().runFor(lasts);
                part.faults().setSendsHang(false);
            }
            case 2 -> {
                part.faults().setCommandsHang(true);
                board().runFor(lasts);
                part.faults().setCommandsHang(false);
            }
            case 3 -> part.wires().silence(part.wires().count(), part.wires().count() + chance.nextInt(5_000));
            case 4 -> part.wires().wrongBit(part.wires().count() + chance.nextInt(20_000), chance.nextInt(8));
            case 5 -> {
                part.services().givesLeases(false);
                part.services().resolves(chance.nextBoolean());
                board().runFor(lasts);
                part.services().givesLeases(true);
                part.services().resolves(true);
            }
            default -> {
                board().cutPowerAfterCycles(1 + chance.nextLong(200_000_000), Tear.any(chance.nextLong()));
                board().runFor(3 * SECOND);
            }
        }
    }
}
