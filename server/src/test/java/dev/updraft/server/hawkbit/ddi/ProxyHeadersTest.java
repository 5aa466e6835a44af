package dev.updraft.server.hawkbit.ddi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HawkbitTools;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** hawkBit's header authentication: a proxy that the operator has named says whose certificate it saw. */
class ProxyHeadersTest {
    private static final String AUTHORITY = "3a7f1c20";

    @TempDir
    private Path data;

    private Fixture behind(String proxy) {
        try {
            return new Fixture(Fixture.config(data).withProxies(Set.of(InetAddress.getAllByName(proxy))));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void switchOn(Fixture fixture) {
        HawkbitTools tools = new HawkbitTools(fixture);
        tools.set("authentication.header.authority", "00000000;" + AUTHORITY);
        tools.set("authentication.header.enabled", true);
    }

    private static int poll(Fixture fixture, String id, String... headers) {
        HttpRequest.Builder request =
                fixture.request("/DEFAULT/controller/v1/" + id, null).GET();
        return fixture.send(request.headers(headers)).status();
    }

    @Test
    void theProxyIsBelievedAndTheDeviceIsRegistered() {
        try (Fixture fixture = behind("127.0.0.1")) {
            switchOn(fixture);
            assertThat(poll(fixture, "d1", "X-Controller-Id", "d1", "X-Authority-1", AUTHORITY))
                    .isEqualTo(200);
            assertThat(poll(fixture, "d1", "X-Ssl-Client-Cn", "d1", "X-Ssl-Issuer-Hash-2", AUTHORITY))
                    .isEqualTo(200);
            assertThat(new HawkbitTools(fixture).get("targets/d1").status()).isEqualTo(200);
        }
    }

    @Test
    void anotherDevicesCertificateAnotherAuthorityAndHalfOfTheHeadersAreNot() {
        try (Fixture fixture = behind("127.0.0.1")) {
            switchOn(fixture);
            assertThat(poll(fixture, "d1", "X-Controller-Id", "d2", "X-Authority", AUTHORITY))
                    .isEqualTo(401);
            assertThat(poll(fixture, "d1", "X-Controller-Id", "d1", "X-Authority", "11111111"))
                    .isEqualTo(401);
            assertThat(poll(fixture, "d1", "X-Controller-Id", "d1")).isEqualTo(401);
            assertThat(poll(fixture, "d1", "X-Authority", AUTHORITY)).isEqualTo(401);
            // Whoever could add a header to the proxy's own would choose which counts.
            assertThat(poll(
                            fixture,
                            "d1",
                            "X-Ssl-Client-Cn",
                            "d1",
                            "X-Controller-Id",
                            "d2",
                            "X-Authority-1",
                            AUTHORITY))
                    .isEqualTo(401);
            new HawkbitTools(fixture).set("authentication.header.enabled", false);
            assertThat(poll(fixture, "d1", "X-Controller-Id", "d1", "X-Authority", AUTHORITY))
                    .isEqualTo(401);
        }
    }

    @Test
    void fromAnyOtherAddressHeadersProveNothing() {
        try (Fixture fixture = behind("192.0.2.1")) {
            switchOn(fixture);
            assertThat(poll(fixture, "d1", "X-Controller-Id", "d1", "X-Authority", AUTHORITY))
                    .isEqualTo(401);
        }
        // What was switched on in the database does not help once the server runs without --proxy.
        try (Fixture fixture = new Fixture(data)) {
            assertThat(poll(fixture, "d1", "X-Controller-Id", "d1", "X-Authority", AUTHORITY))
                    .isEqualTo(401);
            Fixture.Answer refused = new HawkbitTools(fixture)
                    .call("PUT", "system/configs/authentication.header.enabled", Map.of("value", true));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.text()).contains("--proxy");
        }
    }

    @Test
    void whatWasRemovedForEverDoesNotComeBackByAProxyOrAGateway() {
        try (Fixture fixture = behind("127.0.0.1")) {
            switchOn(fixture);
            HawkbitTools tools = new HawkbitTools(fixture);
            tools.set("authentication.gatewaytoken.key", "gate");
            tools.set("authentication.gatewaytoken.enabled", true);
            assertThat(poll(fixture, "d1", "Authorization", "GatewayToken gate"))
                    .isEqualTo(200);
            fixture.send(fixture.request("/api/v1/devices/d1?forever=true", fixture.admin())
                    .DELETE());
            assertThat(poll(fixture, "d1", "Authorization", "GatewayToken gate"))
                    .isEqualTo(403);
            assertThat(poll(fixture, "d1", "X-Controller-Id", "d1", "X-Authority", AUTHORITY))
                    .isEqualTo(403);
        }
    }
}
