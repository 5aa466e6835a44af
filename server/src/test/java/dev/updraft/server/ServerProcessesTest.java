package dev.updraft.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Endpoint;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HawkbitDevice;
import dev.updraft.server.testing.HawkbitTools;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.Postgres;
import dev.updraft.server.testing.ServerProcess;
import dev.updraft.server.testing.SimulatedDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Several real server processes on one database; any may die at any moment. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class ServerProcessesTest {
    private final byte[] image = Images.image("stm32f407", 1, 1, 0, 100);
    private final String digest = Fixture.hex(Images.digest(image));

    private static JsonNode rollout(Endpoint at, long id) {
        return at.get("/api/v1/rollouts/" + id).json();
    }

    private void confirm(SimulatedDevice device) {
        device.boot(digest, "1.1.0");
        device.trial = false;
        assertThat(device.report("confirmed", digest).status()).isEqualTo(204);
        assertThat(device.checkIn().status()).isEqualTo(204);
    }

    @Test
    void whatOneProcessIsToldTheOthersActOnAndAnyMayDie(@TempDir Path data) {
        String database = Postgres.freshDatabase();
        try (ServerProcess a = new ServerProcess(data, database);
                ServerProcess b = new ServerProcess(data, database)) {
            // A device that one process has just registered is known to the other at once, token and all.
            List<SimulatedDevice> devices = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                devices.add(a.device("d" + i));
                assertThat(devices.get(i).at(b).checkIn().status()).isEqualTo(204);
            }
            String viewer = a.post("/api/v1/tokens", Map.of("name", "eve", "role", "viewer"))
                    .json()
                    .path("token")
                    .asString();
            assertThat(b.send(b.request("/api/v1/devices", viewer)).status()).isEqualTo(200);

            hawkbitsDevicesMayAskEither(a, b);

            // A rollout in stages: made at one, offered at the other.
            long release = a.upload("/api/v1/releases", image).json().path("id").asLong();
            assertThat(b.post("/api/v1/releases/" + release + "/publish?to=nobody", Map.of())
                            .status())
                    .isEqualTo(200);
            long id = a.post(
                            "/api/v1/rollouts",
                            Map.of(
                                    "release",
                                    release,
                                    "options",
                                    Map.of(
                                            "acceptableFailures",
                                            0.9,
                                            "stages",
                                            List.of(
                                                    Map.of("percent", 60, "success", 0.1),
                                                    Map.of("percent", 100, "success", 0.8)))))
                    .json()
                    .path("id")
                    .asLong();
            List<SimulatedDevice> first = new ArrayList<>(devices);
            first.removeIf(device -> device.at(b).checkIn().status() != 200);
            assertThat(first).hasSizeBetween(2, 7);

            // A device that told one process that it went back is not offered the image by the other.
            SimulatedDevice back = first.removeFirst();
            assertThat(back.at(a).report("rolled-back", digest).status()).isEqualTo(204);
            assertThat(back.at(b).checkIn().status()).isEqualTo(204);
            assertThat(rollout(b, id).path("progress").path("failures").asLong())
                    .isEqualTo(1);
            assertThat(rollout(a, id).path("progress").path("updates"))
                    .isEqualTo(rollout(b, id).path("progress").path("updates"));

            // Whichever moves rollouts on dies; the other takes that over too, and nothing acknowledged is gone.
            a.kill();
            first.forEach(device -> confirm(device.at(b)));
            Await.until(
                    "the next stage",
                    () -> rollout(b, id).path("rollout").path("stage").asInt() == 1);
            try (ServerProcess c = new ServerProcess(data, database)) {
                b.kill();
                List<SimulatedDevice> rest = new ArrayList<>(devices);
                rest.remove(back);
                rest.removeAll(first);
                rest.forEach(device -> {
                    assertThat(device.at(c).checkIn().status()).isEqualTo(200);
                    confirm(device);
                });
                Await.until(
                        "the end of the rollout",
                        () -> rollout(c, id)
                                .path("rollout")
                                .path("state")
                                .asString()
                                .equals("finished"));
                assertThat(rollout(c, id).path("progress").path("confirmed").asLong())
                        .isEqualTo(7);
                assertThat(back.at(c).checkIn().status()).isEqualTo(204);
            }
        }
    }

    /** Configured, assigned and told of at one, asked and told at the other, by turns. */
    private static void hawkbitsDevicesMayAskEither(ServerProcess a, ServerProcess b) {
        HawkbitTools tools = new HawkbitTools(a);
        HawkbitDevice device = tools.target("gate", "token-1");
        assertThat(device.at(b).attributes(Map.of("board", "x")).status()).isEqualTo(200);
        Await.until("the attributes at the other", () -> device.at(a).link("configData") == null);
        new HawkbitTools(b).set("pollingTime", "00:00:07");
        Await.until(
                "the polling time set at the other",
                () -> device.at(a)
                        .poll()
                        .path("config")
                        .path("polling")
                        .path("sleep")
                        .asString()
                        .equals("00:00:07"));

        long action = tools.assign(tools.bundle("system", "1", "system.swu", new byte[100]), "gate", Map.of());
        // The others are told of a change within moments, not before its answer.
        Await.until("the assignment at the other", () -> device.at(b).link("deploymentBase") != null);
        String link = String.valueOf(device.at(b).link("deploymentBase"));
        assertThat(link).contains("/deploymentBase/" + action);
        String file = HawkbitTools.ok(device.at(b).follow(link))
                .at("/deployment/chunks/0/artifacts/0/_links/download-http/href")
                .asString();
        assertThat(device.follow(file).body()).hasSize(100);
        device.at(a).feedback(action, "proceeding", "none", "half way");
        assertThat(new HawkbitTools(b).status("gate", action).toString()).contains("half way");
        // Stopped at one while it asks the other.
        HawkbitTools.ok(tools.delete("targets/gate/actions/" + action));
        Await.until("the cancellation at the other", () -> device.at(b).link("cancelAction") != null);
        assertThat(device.at(b).link("cancelAction")).contains("/cancelAction/" + action);
        device.at(b).cancelFeedback(action, "closed", "success");
        Await.until(
                "the end of it at the one",
                () -> device.at(a).link("cancelAction") == null && device.at(a).link("deploymentBase") == null);
        HawkbitTools.ok(tools.delete("targets/gate"));
        // What is idle is answered from memory, for a moment longer.
        Await.until("it is gone", () -> device.at(b).get("").status() == 401);
    }

    @Test
    void trafficGoesOnWhileAProcessIsKilledAndNoAcknowledgedReportIsLost(@TempDir Path data) throws Exception {
        String database = Postgres.freshDatabase();
        try (ServerProcess a = new ServerProcess(data, database);
                ServerProcess b = new ServerProcess(data, database)) {
            List<SimulatedDevice> devices = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                devices.add(a.device("d" + i));
            }
            a.publish(image);
            List<Thread> threads = new ArrayList<>();
            int[] acknowledged = new int[devices.size()];
            CountDownLatch underWay = new CountDownLatch(50);
            for (int i = 0; i < devices.size(); i++) {
                int number = i;
                threads.add(Thread.ofVirtual().start(() -> {
                    for (int round = 0; round < 60; round++) {
                        SimulatedDevice device = devices.get(number);
                        device.at((round + number) % 2 == 0 ? a : b);
                        try {
                            device.checkIn();
                            if (device.report("downloading", digest).status() == 204) {
                                acknowledged[number]++;
                                underWay.countDown();
                            }
                        } catch (java.io.UncheckedIOException e) {
                            // The process that was asked is dead: a device tries again at the other, as round does.
                        }
                    }
                }));
            }
            underWay.await();
            a.kill();
            for (Thread thread : threads) {
                thread.join();
            }
            for (int i = 0; i < devices.size(); i++) {
                int recorded =
                        b.get("/api/v1/devices/d" + i).json().path("history").size();
                assertThat(acknowledged[i]).isPositive();
                // A report can be recorded whose answer the kill took away, never the other way round.
                assertThat(recorded).isBetween(acknowledged[i], acknowledged[i] + 1);
            }
        }
    }

    @Test
    void aSecondProcessOnTheSameFileIsRefused(@TempDir Path data) {
        try (ServerProcess first = new ServerProcess(data, null)) {
            assertThat(first.get("/api/v1/devices").status()).isEqualTo(200);
            assertThatThrownBy(() -> new ServerProcess(data, null))
                    .isInstanceOf(ServerProcess.Refused.class)
                    .hasMessageContaining("Another server process has the database")
                    .hasMessageContaining("--db");
            // Killed, not closed: the lock must not outlive the process.
            first.kill();
            try (ServerProcess second = new ServerProcess(data, null)) {
                assertThat(second.get("/api/v1/devices").status()).isEqualTo(200);
            }
        }
    }
}
