package dev.updraft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.image.Image;
import dev.updraft.image.board.Board;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** An update that does not work is taken back by the device itself, and the server learns why. */
class RollbackTest {
    private static final long FIVE_MINUTES = TimeUnit.MINUTES.toNanos(5);

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"stm32f407, hang, watchdog", "stm32l476, selftest, self-test"})
    void theOldImageComesBackWhenTheNewOne(String kind, String fault, String reason, @TempDir Path data) {
        Path home = FirmwareBuild.home();
        Path build = home.resolve("build/rollback-test/" + kind);
        FirmwareBuild firmware = new FirmwareBuild(home, Board.find(kind), build);
        Signing publisher = Signing.fresh();
        byte[] bootloader = firmware.bootloader(publisher.writeHeader(build), "TRIAL_ATTEMPTS=1");
        Image good = publisher.sign(firmware.example("1.0.0"), kind, "1.0.0");
        Image bad = publisher.sign(firmware.faultyExample("1.1.0", fault), kind, "1.1.0");
        try (Fleet fleet = Fleet.start(data, 0);
                DemoBoard board =
                        new DemoBoard(Board.find(kind), "unlucky", 3, PowerCuts.none(), Net.WIFI, state -> {})) {
            fleet.publish(bad);
            board.flash(
                    bootloader,
                    good.bytes().toArray(),
                    Map.of(
                            "id", "unlucky",
                            "token", fleet.register("unlucky"),
                            "server", "127.0.0.1:" + fleet.port(),
                            "ssid", "x",
                            "password", "y"));

            String stuck = board.run(state -> wasTold(fleet, reason), System.nanoTime() + FIVE_MINUTES);

            assertThat(stuck).as("console: %s", board.console()).isNull();
            assertThat(board.state().version()).isEqualTo("1.0.0");
        }
    }

    @Test
    @Tag("slow")
    void theOldImageComesBackOnTheLargestChip(@TempDir Path data) {
        theOldImageComesBackWhenTheNewOne("stm32h743", "hang", "watchdog", data);
    }

    private static boolean wasTold(Fleet fleet, String reason) {
        for (JsonNode report : fleet.history("unlucky")) {
            if (report.path("event").asString().equals("rolled-back")
                    && report.path("reason").asString("").equals(reason)) {
                return true;
            }
        }
        return false;
    }
}
