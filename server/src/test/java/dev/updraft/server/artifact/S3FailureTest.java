package dev.updraft.server.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.updraft.image.Sha256;
import dev.updraft.server.http.Problem;
import dev.updraft.server.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An object store in trouble: whoever asks is told to come again, soon, and nothing half fetched is served. {@code S3Test} has a real one. */
class S3FailureTest {
    private final byte[] object = new byte[100_000];
    private final CountDownLatch over = new CountDownLatch(1);
    private String sha256;
    private HttpServer store;
    private S3 artifacts;
    private volatile Answer answer = S3FailureTest::whole;

    private interface Answer {
        void to(HttpExchange exchange, byte[] object) throws IOException;
    }

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        System.setProperty("aws.accessKeyId", "operator");
        System.setProperty("aws.secretAccessKey", "secret");
        sha256 = HexFormat.of().formatHex(Sha256.of(object));
        store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        store.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        store.createContext("/", exchange -> {
            try (exchange) {
                if (exchange.getRequestMethod().equals("GET")) {
                    answer.to(exchange, object);
                } else {
                    exchange.sendResponseHeaders(200, -1);
                }
            }
        });
        store.start();
        artifacts = new S3(
                "s3://firmware?endpoint=http://127.0.0.1:" + store.getAddress().getPort(),
                folder,
                1 << 20,
                Duration.ofMillis(300));
    }

    @AfterEach
    void stop() {
        over.countDown();
        artifacts.close();
        store.stop(0);
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    private static void whole(HttpExchange exchange, byte[] object) throws IOException {
        exchange.sendResponseHeaders(200, object.length);
        exchange.getResponseBody().write(object);
    }

    private void isToldToComeAgainAndServedOnceItWorks(Answer trouble) throws IOException {
        answer = trouble;
        long begin = System.nanoTime();
        assertThatThrownBy(() -> artifacts.size(sha256)).isInstanceOfSatisfying(Problem.class, told -> {
            assertThat(told.status()).isEqualTo(503);
            assertThat(told.retryAfterSeconds()).isPositive();
        });
        // Far more than its patience with its retries, and far less than for ever.
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMinutes(1));
        answer = S3FailureTest::whole;
        // On a slow machine even this store may take longer than it is given here.
        Await.until(this::isServed);
    }

    private boolean isServed() {
        try {
            return artifacts.size(sha256) == object.length;
        } catch (Problem comeAgain) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aStoreThatNeverAnswersIsNotWaitedFor() throws IOException {
        isToldToComeAgainAndServedOnceItWorks((exchange, body) -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Test
    void aStoreThatFailsIsTriedAgainLater() throws IOException {
        isToldToComeAgainAndServedOnceItWorks((exchange, body) -> exchange.sendResponseHeaders(500, -1));
    }

    @Test
    void anObjectThatEndsHalfWayIsNotServed() throws IOException {
        isToldToComeAgainAndServedOnceItWorks((exchange, body) -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body, 0, body.length / 2);
            exchange.getResponseBody().flush();
        });
    }

    @Test
    void anObjectThatTricklesInIsNotWaitedFor() throws IOException {
        isToldToComeAgainAndServedOnceItWorks((exchange, body) -> {
            exchange.sendResponseHeaders(200, body.length);
            for (byte each : body) {
                exchange.getResponseBody().write(each);
                exchange.getResponseBody().flush();
                try {
                    if (over.await(50, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
    }

    @Test
    void anObjectWithOtherBytesIsNotServed() {
        answer = (exchange, body) -> {
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write(new byte[5]);
        };
        assertThatThrownBy(() -> artifacts.size(sha256)).hasMessageContaining("other bytes than it should");
        answer = S3FailureTest::whole;
    }
}
