package dev.updraft.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.server.http.Problem;
import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookTargetsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:8080/",
                "http://localhost/",
                "http://[::1]/",
                "http://169.254.169.254/latest/meta-data/",
                "http://10.1.2.3/",
                "http://172.16.0.1/",
                "http://192.168.1.1/",
                "http://100.64.0.1/",
                "http://0.0.0.0/",
                "http://[fe80::1]/",
                "http://[fd00::1]/",
                "http://[::ffff:127.0.0.1]/",
                "http://user:password@192.0.2.1/",
                "ftp://192.0.2.1/",
                "http:///x",
            })
    void whatIsInsideIsNoTarget(String url) {
        assertThatThrownBy(() -> new Targets(false).require(url)).isInstanceOf(Problem.class);
    }

    @Test
    void whatIsOutsideIs() {
        new Targets(false).require("https://192.0.2.1/updraft");
        new Targets(true).require("http://127.0.0.1:8080/");
    }

    /** A receiver that answers and never ends: it is given up, and asked again, and takes no memory. */
    @Test
    void anAnswerWithoutEndIsCutOff(@TempDir Path data) throws IOException {
        AtomicInteger asked = new AtomicInteger();
        AtomicLong sent = new AtomicLong();
        try (ServerSocket receiver = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Fixture fixture = new Fixture(data)) {
            Thread.startVirtualThread(() -> {
                while (!receiver.isClosed()) {
                    try {
                        Socket one = receiver.accept();
                        asked.incrementAndGet();
                        Thread.startVirtualThread(() -> flood(one, sent));
                    } catch (IOException e) {
                        return;
                    }
                }
            });
            String url = "http://127.0.0.1:" + receiver.getLocalPort() + "/";
            assertThat(fixture.post("/api/v1/webhooks", Map.of("name", "flood", "url", url))
                            .status())
                    .isEqualTo(201);
            fixture.device("d1");
            Await.until(() -> asked.get() >= 2);
            assertThat(sent.get() / asked.get()).isLessThan(16 << 20);
            assertThat(fixture.get("/api/v1/webhooks")
                            .json()
                            .path("webhooks")
                            .path(0)
                            .path("failures")
                            .asInt())
                    .isPositive();
        }
    }

    private static void flood(Socket one, AtomicLong sent) {
        byte[] piece = new byte[65_536];
        try (one;
                OutputStream out = one.getOutputStream()) {
            one.getInputStream().read(piece);
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write(piece);
                sent.addAndGet(piece.length);
            }
        } catch (IOException e) {
            // The server has had enough.
        }
    }
}
