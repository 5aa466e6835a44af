package dev.updraft.server.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.updraft.image.Sha256;
import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.SimulatedDevice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** While the object store hangs, those who want nothing of it are served. */
class SlowStoreTest {
    private static final int DOWNLOADS = 50;
    private static final int IMAGES = 10;

    /** By their SHA-256 in hex. */
    private final Map<String, byte[]> objects = new ConcurrentHashMap<>();

    private final AtomicInteger fetches = new AtomicInteger();
    private final CountDownLatch answers = new CountDownLatch(1);
    private HttpServer store;
    private Path folder;

    @BeforeEach
    void start(@TempDir Path temporary) throws IOException {
        folder = temporary;
        System.setProperty("aws.accessKeyId", "operator");
        System.setProperty("aws.secretAccessKey", "secret");
        store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        store.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        store.createContext("/", this::answer);
        store.start();
    }

    @AfterEach
    void stop() {
        answers.countDown();
        store.stop(0);
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            if (exchange.getRequestMethod().equals("GET")) {
                fetches.incrementAndGet();
                answers.await();
                String key = exchange.getRequestURI().getPath().substring("/firmware/".length());
                byte[] object = Objects.requireNonNull(objects.get(key.replace("/", "")));
                exchange.sendResponseHeaders(200, object.length);
                exchange.getResponseBody().write(object);
            } else {
                exchange.sendResponseHeaders(200, -1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whileManyDownloadsWaitForTheStoreCheckInsAndReportsAreAnswered() throws Exception {
        String where =
                "s3://firmware?endpoint=http://127.0.0.1:" + store.getAddress().getPort();
        try (Fixture fixture = new Fixture(Fixture.config(folder).withArtifacts(where));
                ExecutorService devices = Executors.newVirtualThreadPerTaskExecutor()) {
            List<byte[]> images = new ArrayList<>();
            for (int i = 0; i < IMAGES; i++) {
                byte[] image = Images.image("stm32f407", 1, 1 + i, 0, 20_000);
                images.add(image);
                objects.put(Fixture.hex(Sha256.of(image)), image);
                fixture.publish(image);
            }
            dropCopies();
            fixture.restart();
            SimulatedDevice downloads = fixture.device("downloads");
            List<Future<Fixture.Answer>> waiting = new ArrayList<>();
            for (int i = 0; i < DOWNLOADS; i++) {
                String artifact = "/device/v1/artifacts/" + Fixture.hex(Sha256.of(images.get(i % IMAGES)));
                waiting.add(devices.submit(() ->
                        fixture.send(fixture.request(artifact, downloads.token).header("Range", "bytes=4096-8191"))));
            }
            // Those that want the same object share one fetch of it.
            Await.until("every object is asked for", () -> fetches.get() >= IMAGES);
            for (int i = 0; i < 20; i++) {
                SimulatedDevice other = fixture.device("d" + i);
                assertThat(other.checkIn().status()).isEqualTo(200);
                assertThat(other.report("downloading", Fixture.hex(Images.digest(images.getLast())))
                                .status())
                        .isEqualTo(204);
            }
            assertThat(waiting).noneMatch(Future::isDone);
            answers.countDown();
            for (int i = 0; i < DOWNLOADS; i++) {
                Fixture.Answer answer = waiting.get(i).get();
                assertThat(answer.status()).isEqualTo(206);
                assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(images.get(i % IMAGES), 4096, 8192));
            }
        }
    }

    private void dropCopies() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("artifact-copies"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }
}
