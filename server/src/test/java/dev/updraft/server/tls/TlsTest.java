package dev.updraft.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.server.CannotStart;
import dev.updraft.server.Server;
import dev.updraft.server.testing.Authority;
import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real handshakes with a server that has a certificate of an authority made for the test. */
class TlsTest {
    private static final String CHECK_IN =
            "{\"digest\":\"%s\",\"version\":\"1.0.0\",\"board\":\"b\",\"staging_size\":1,\"capabilities\":[]}"
                    .formatted("00".repeat(32));

    private Path folder;
    private Authority authority;
    private Authority.Pair own;
    private Server server;

    @BeforeEach
    void start(@TempDir Path temporary) {
        folder = temporary;
        authority = new Authority(folder, "operator");
        own = authority.issue("server", "/CN=updraft");
        server = Server.start(Fixture.config(folder.resolve("data"))
                .withTls(new TlsFiles(own.certificate(), own.key(), authority.certificate())));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpClient.Builder client(Authority.@Nullable Pair certificate) {
        return HttpClient.newBuilder().sslContext(authority.client(certificate));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path))
                .header("Content-Type", "application/json");
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private static HttpRequest.BodyPublisher body(String text) {
        return HttpRequest.BodyPublishers.ofString(text);
    }

    @Test
    void speaksHttp2OverTls13AndHttp11ToThoseWhoWantIt() throws Exception {
        try (HttpClient client = client(null).build()) {
            HttpResponse<String> answer = send(client, request("/health/live").GET());
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
            HttpResponse<String> created = send(
                    client,
                    request("/api/v1/devices")
                            .header("Authorization", "Bearer " + server.adminToken())
                            .POST(body("{\"id\":\"d1\"}")));
            assertThat(created.statusCode()).isEqualTo(201);
            String token = Fixture.JSON.readTree(created.body()).path("token").asString();
            HttpResponse<String> checkIn = send(
                    client,
                    request("/device/v1/d1/check-in")
                            .header("Authorization", "Bearer " + token)
                            .POST(body(CHECK_IN)));
            assertThat(checkIn.statusCode()).isEqualTo(204);
            assertThat(checkIn.version()).isEqualTo(HttpClient.Version.HTTP_2);
        }
        try (HttpClient old = client(null).version(HttpClient.Version.HTTP_1_1).build()) {
            HttpResponse<String> answer = send(old, request("/health/live").GET());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        }
    }

    @Test
    void refusesPlainHttp() {
        try (HttpClient plain = HttpClient.newHttpClient()) {
            assertThatThrownBy(() -> send(
                            plain,
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/health/live"))))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aClientCertificateIsTheDeviceAndEnrolsItself() throws Exception {
        try (HttpClient device = client(authority.issue("d1", "/CN=d1")).build()) {
            assertThat(send(device, request("/device/v1/d1/check-in").POST(body(CHECK_IN)))
                            .statusCode())
                    .isEqualTo(401);
            HttpResponse<String> enrolled =
                    send(device, request("/device/v1/d1/enrol").POST(body("{}")));
            assertThat(enrolled.statusCode()).isEqualTo(201);
            String token = Fixture.JSON.readTree(enrolled.body()).path("token").asString();

            // Both the certificate and the token open the device's own door, and no other.
            assertThat(send(device, request("/device/v1/d1/check-in").POST(body(CHECK_IN)))
                            .statusCode())
                    .isEqualTo(204);
            assertThat(send(device, request("/device/v1/d2/check-in").POST(body(CHECK_IN)))
                            .statusCode())
                    .isEqualTo(401);
            assertThat(send(device, request("/device/v1/d2/enrol").POST(body("{}")))
                            .statusCode())
                    .isEqualTo(401);
            assertThat(send(device, request("/api/v1/devices").GET()).statusCode())
                    .isEqualTo(401);
            try (HttpClient bare = client(null).build()) {
                assertThat(send(
                                        bare,
                                        request("/device/v1/d1/check-in")
                                                .header("Authorization", "Bearer " + token)
                                                .POST(body(CHECK_IN)))
                                .statusCode())
                        .isEqualTo(204);
                assertThat(send(bare, request("/device/v1/d1/check-in").POST(body(CHECK_IN)))
                                .statusCode())
                        .isEqualTo(401);

                // Removed for ever means that the certificate does not open the door again.
                HttpRequest.Builder remove = request("/api/v1/devices/d1?forever=true")
                        .header("Authorization", "Bearer " + server.adminToken())
                        .DELETE();
                assertThat(send(bare, remove).statusCode()).isEqualTo(204);
            }
            assertThat(send(device, request("/device/v1/d1/enrol").POST(body("{}")))
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void aHawkbitDeviceShowsACertificateInsteadOfAToken() throws Exception {
        try (HttpClient device = client(authority.issue("d1", "/CN=d1")).build()) {
            String base = "/DEFAULT/controller/v1/";
            assertThat(send(device, request(base + "d1").GET()).statusCode()).isEqualTo(200);
            assertThat(send(device, request(base + "d1").GET()).body()).contains("configData");
            assertThat(send(device, request(base + "d2").GET()).statusCode()).isEqualTo(401);
            assertThat(send(device, request("/other/controller/v1/d1").GET()).statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void aCertificateNamesTheTenantByItsOrganization() throws Exception {
        try (HttpClient admin = client(null).build();
                HttpClient device =
                        client(authority.issue("d1", "/O=Acme/CN=d1")).build()) {
            HttpResponse<String> tenant = send(
                    admin,
                    request("/api/v1/tenants")
                            .header("Authorization", "Bearer " + server.adminToken())
                            .POST(body("{\"name\":\"acme\"}")));
            String token = Fixture.JSON.readTree(tenant.body()).path("token").asString();
            assertThat(send(device, request("/device/v1/d1/enrol").POST(body("{}")))
                            .statusCode())
                    .isEqualTo(201);
            for (Map.Entry<String, Integer> one :
                    Map.of(token, 200, String.valueOf(server.adminToken()), 404).entrySet()) {
                assertThat(send(admin, request("/api/v1/devices/d1").header("Authorization", "Bearer " + one.getKey()))
                                .statusCode())
                        .isEqualTo(one.getValue());
            }
        }
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused() throws Exception {
        Authority.Pair foreign = new Authority(folder, "stranger").issue("d1-of-stranger", "/CN=d1");
        // openssl shows a certificate even if the server did not name its authority; Java's client would keep it back.
        assertThat(openssl(foreign)).contains("alert").doesNotContain("200 OK");
        assertThat(openssl(authority.issue("d1", "/CN=d1"))).contains("200 OK");
    }

    private String openssl(Authority.Pair certificate) throws Exception {
        Path said = folder.resolve("said-" + certificate.key().getFileName());
        Process process = new ProcessBuilder(
                        "openssl",
                        "s_client",
                        "-connect",
                        "127.0.0.1:" + server.port(),
                        "-CAfile",
                        authority.certificate().toString(),
                        "-cert",
                        certificate.certificate().toString(),
                        "-key",
                        certificate.key().toString(),
                        "-quiet")
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        process.getOutputStream()
                .write("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        // It may keep waiting for more after the alert or the answer.
        Await.until(() -> !process.isAlive() || read(said).contains("200 OK"));
        process.destroyForcibly().waitFor();
        return read(said);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aRenewedCertificateIsTakenWhileItRuns() throws Exception {
        BigInteger before = serial();
        Authority.Pair renewed = authority.issue("renewed", "/CN=updraft");
        Files.copy(renewed.key(), own.key(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(renewed.certificate(), own.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Await.until(() -> !serial().equals(before));
    }

    private BigInteger serial() {
        try (HttpClient client = client(null).build()) {
            HttpResponse<String> answer = send(client, request("/health/live").GET());
            return ((X509Certificate) answer.sslSession().orElseThrow().getPeerCertificates()[0]).getSerialNumber();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void filesThatDoNotServeAreToldInOneSentence() throws Exception {
        Authority.Pair other = authority.issue("other", "/CN=other");
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        assertThatThrownBy(() -> new TlsFiles(own.certificate(), other.key(), null).load())
                .hasMessageContaining("is not the one of the first certificate");
        assertThatThrownBy(() -> new TlsFiles(empty, own.key(), null).load())
                .hasMessageContaining("There is no certificate in");
        assertThatThrownBy(() -> new TlsFiles(own.certificate(), empty, null).load())
                .hasMessageContaining("There is no private key in");
        assertThatThrownBy(() -> Server.start(Fixture.config(folder.resolve("other-data"))
                        .withTls(new TlsFiles(folder.resolve("absent.pem"), own.key(), null))))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("cannot be read");
    }
}
