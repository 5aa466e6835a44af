package dev.updraft.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HawkbitDevice;
import dev.updraft.server.testing.HawkbitTools;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.Postgres;
import dev.updraft.server.testing.SimulatedDevice;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The database goes away or its disk is full, and comes back: what the server says meanwhile, and that it goes on by itself.
 * {@code -Dupdraft.away=60} keeps PostgreSQL away for so many seconds.
 */
class OutageTest {
    private static final int AWAY_SECONDS = Integer.getInteger("updraft.away", 0);

    private static final Map<String, Object> REPORT = Map.of("seq", 1, "event", "failed", "digest", "11".repeat(32));

    private static void isToldToComeBack(Fixture.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(503);
        assertThat(Integer.parseInt(String.valueOf(answer.header("Retry-After"))))
                .isBetween(5, 30);
    }

    @Test
    void withoutItsDatabaseTheServerAnswersIdleDevicesAndTellsTheOthersToComeBack(@TempDir Path data)
            throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(AWAY_SECONDS);
        Postgres postgres = Postgres.own();
        try (Fixture fixture = new Fixture(Fixture.config(data).withDatabase(postgres.database()))) {
            SimulatedDevice device = fixture.device("d1");
            assertThat(device.checkIn().status()).isEqualTo(204);
            postgres.stop();
            int threads = Thread.activeCount();
            for (int i = 0; i < 3 || System.nanoTime() < end; i++) {
                // Nothing to write but the time, which waits.
                assertThat(device.checkIn().status()).isEqualTo(204);
                isToldToComeBack(device.json("reports", REPORT));
                if (i >= 3) {
                    Thread.sleep(1_000);
                }
            }
            isToldToComeBack(fixture.post("/api/v1/devices", Map.of("id", "d2")));
            assertThat(fixture.get("/health/live").status()).isEqualTo(200);
            assertThat(fixture.get("/health/ready").status()).isEqualTo(503);
            assertThat(Thread.activeCount()).isLessThan(threads + 20);

            postgres.start();
            Await.until(
                    "the server writes again",
                    () -> device.json("reports", REPORT).status() == 204);
            Await.until("it is ready again", () -> fixture.get("/health/ready").status() == 200);
            JsonNode seen = fixture.get("/api/v1/devices/d1").json();
            assertThat(seen.path("history")).hasSize(1);
            fixture.device("d2");
        }
    }

    @Test
    void aFullDiskIsToldAndNothingAcknowledgedIsLost(@TempDir Path data) throws Exception {
        mountSmallDisk(data);
        try {
            try (Fixture fixture = new Fixture(data)) {
                SimulatedDevice device = fixture.device("d1");
                assertThat(device.checkIn().status()).isEqualTo(204);
                fill(data);
                int acknowledged = 0;
                Fixture.Answer answer = device.report("failed", "11".repeat(32));
                // A little room is left in the database's own files.
                while (answer.status() == 204) {
                    acknowledged++;
                    answer = device.report("failed", "11".repeat(32));
                    assertThat(acknowledged).isLessThan(2_000);
                }
                assertThat(answer.status()).isIn(429, 503);
                isToldToComeBack(fixture.upload("/api/v1/releases", Images.image("large-board", 1, 1, 0, 1 << 20)));
                assertThat(device.checkIn().status()).isEqualTo(204);

                Files.delete(data.resolve("filler"));
                Await.until(
                        "the server writes again",
                        () -> fixture.post("/api/v1/devices", Map.of("id", "d2"))
                                        .status()
                                == 201);
                fixture.restart();
                assertThat(fixture.get("/api/v1/devices/d1")
                                .json()
                                .path("history")
                                .size())
                        .isGreaterThanOrEqualTo(Math.min(acknowledged, 100));
                assertThat(fixture.upload("/api/v1/releases", Images.image("large-board", 1, 1, 0, 1 << 20))
                                .status())
                        .isEqualTo(201);
            }
        } finally {
            new ProcessBuilder("umount", "-l", data.toString()).start().waitFor();
        }
    }

    @Test
    void aFileOfHawkbitsForWhichThereIsNoRoomLeavesNothingBehind(@TempDir Path data) throws Exception {
        mountSmallDisk(data);
        try {
            try (Fixture fixture = new Fixture(data)) {
                HawkbitTools tools = new HawkbitTools(fixture);
                HawkbitDevice device = tools.target("d1", "token");
                long module = tools.module("os", "system", "1.0");
                byte[] file = new byte[1 << 20];
                device.poll();
                fill(data);
                isToldToComeBack(tools.upload(module, "system.swu", file));
                assertThat(kept(data)).isEmpty();
                assertThat(device.get("").status()).isEqualTo(200);

                Files.delete(data.resolve("filler"));
                assertThat(HawkbitTools.ok(tools.get("softwaremodules/" + module + "/artifacts")))
                        .isEmpty();
                assertThat(tools.upload(module, "system.swu", file).status()).isEqualTo(201);
                assertThat(kept(data)).hasSize(1);
                tools.assign(tools.distribution("system", "1.0", module), "d1", Map.of());
                JsonNode deployment = HawkbitTools.ok(device.follow(String.valueOf(device.link("deploymentBase"))));
                assertThat(device.follow(deployment
                                        .at("/deployment/chunks/0/artifacts/0/_links/download-http/href")
                                        .asString())
                                .body())
                        .isEqualTo(file);
            }
        } finally {
            new ProcessBuilder("umount", "-l", data.toString()).start().waitFor();
        }
    }

    /** Artifacts, and what an upload that failed might have left. */
    private static List<Path> kept(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data.resolve("artifacts"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static void mountSmallDisk(Path data) throws Exception {
        int mounted = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=6m", "updraft-test", data.toString())
                .start()
                .waitFor();
        Assumptions.assumeTrue(mounted == 0, "only root may mount a small disk");
    }

    private static void fill(Path data) throws IOException {
        byte[] block = new byte[4_096];
        try (OutputStream out = Files.newOutputStream(data.resolve("filler"))) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            // as intended
        }
    }

    @Test
    void anSqliteFileThatAnotherProgramLocksIsWaitedForAndThenTold(@TempDir Path data) throws Exception {
        try (Fixture fixture = new Fixture(data)) {
            SimulatedDevice device = fixture.device("d1");
            assertThat(device.checkIn().status()).isEqualTo(204);
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("updraft.db"));
                    Statement lock = other.createStatement()) {
                lock.execute("BEGIN IMMEDIATE");
                isToldToComeBack(device.json("reports", REPORT));
                assertThat(device.checkIn().status()).isEqualTo(204);
                assertThat(fixture.get("/health/live").status()).isEqualTo(200);
                lock.execute("ROLLBACK");
            }
            Await.until(
                    "the server writes again",
                    () -> device.json("reports", REPORT).status() == 204);
            assertThat(fixture.get("/api/v1/devices/d1").json().path("history")).hasSize(1);
        }
    }

    @Test
    void afterAnOutageAllDevicesAreTakenAtOnceAndSpreadOut(@TempDir Path data) throws Exception {
        try (Fixture fixture = new Fixture(data)) {
            List<SimulatedDevice> devices = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                devices.add(fixture.device("d" + i));
            }
            fixture.restart();
            Set<String> next = new HashSet<>();
            try (ExecutorService storm = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Fixture.Answer>> answers = new ArrayList<>();
                for (SimulatedDevice device : devices) {
                    answers.add(storm.submit(() -> device.checkIn()));
                }
                for (Future<Fixture.Answer> answer : answers) {
                    assertThat(answer.get().status()).isEqualTo(204);
                    next.add(String.valueOf(answer.get().header("Next-Check-In")));
                }
            }
            assertThat(next.size())
                    .as("different times to come again: %s", next)
                    .isGreaterThan(5);
        }
    }
}
