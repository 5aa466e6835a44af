package dev.updraft.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Postgres;
import dev.updraft.server.testing.SimulatedDevice;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that comes back without the last of what it had taken, under a running server. */
class FailoverTest {
    @Test
    void aDatabaseThatLostItsLastSecondsIsNoticedAndNothingIsWrittenIntoOthersDevices(@TempDir Path data) {
        Postgres postgres = Postgres.own();
        String url = postgres.database();
        try (Fixture fixture = new Fixture(Fixture.config(data).withDatabase(url))) {
            String acme = fixture.post("/api/v1/tenants", Map.of("name", "acme"))
                    .json()
                    .path("token")
                    .asString();
            fixture.device("before").checkIn();
            postgres.stop();
            postgres.keep();
            postgres.start();
            Await.until(
                    () -> fixture.post("/api/v1/devices", Map.of("id", "probe")).status() != 503);
            SimulatedDevice lost = fixture.device("lost");
            assertThat(lost.checkIn().status()).isEqualTo(204);
            postgres.stop();
            postgres.goBack();
            postgres.start();
            // Whatever it is asked from now on, it writes nothing: the key of 'lost' is free again.
            Await.until(() -> {
                lost.version = "6.6.6";
                assertThat(lost.checkIn().status()).isNotIn(200, 204);
                fixture.send(fixture.request("/api/v1/devices", acme)
                        .header("Content-Type", "application/json")
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{\"id\":\"theirs\"}")));
                return fixture.server().mustRestart();
            });
            fixture.restart();
            assertThat(fixture.get("/api/v1/devices/lost").status()).isEqualTo(404);
            assertThat(fixture.get("/api/v1/devices/before").status()).isEqualTo(200);
        } finally {
            postgres.stop();
        }
    }
}
