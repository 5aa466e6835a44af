package dev.updraft.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.updraft.image.Sha256;
import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HawkbitTools;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.SimulatedDevice;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on the network has a defined end, holds no threads or memory, and leaves the other devices served. */
class FaultsTest {
    private Fixture fixture;
    private Held before;

    /** What this process holds, server and test: a connection that is not closed shows as an open file, and has a thread. */
    private record Held(long files, long threads, long heapMegabytes) {
        static Held now() {
            System.gc();
            OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
            Runtime runtime = Runtime.getRuntime();
            return new Held(
                    ((UnixOperatingSystemMXBean) system).getOpenFileDescriptorCount(),
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    (runtime.totalMemory() - runtime.freeMemory()) >> 20);
        }

        boolean isNoMoreThan(Held other) {
            return files <= other.files + 10
                    && threads <= other.threads + 10
                    && heapMegabytes <= other.heapMegabytes + 16;
        }
    }

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(Fixture.config(data).withPatience(Duration.ofSeconds(2)));
        fixture.device("d0").checkIn();
        before = Held.now();
    }

    @AfterEach
    void stop() {
        // Whatever went wrong, nothing of it stays.
        Await.until(() -> Held.now().isNoMoreThan(before));
        fixture.close();
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Everything until the server closes. */
    private static String rest(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketException reset) {
            return "";
        }
    }

    /** Sends a byte a second until the server has had enough; fails after a minute. */
    private static void trickle(Socket socket, String text) throws IOException {
        socket.setSoTimeout(1_000);
        for (int i = 0; i < 60; i++) {
            try {
                send(socket, text.substring(i % text.length(), i % text.length() + 1));
                if (socket.getInputStream().read() < 0) {
                    return;
                }
            } catch (java.net.SocketTimeoutException next) {
                // The server is still listening.
            } catch (java.net.SocketException closed) {
                return;
            }
        }
        throw new AssertionError("the server listened to a byte a second for a minute");
    }

    @Test
    void headersThatComeByteByByteEndTheConnectionAndOthersAreServed() throws IOException {
        SimulatedDevice other = fixture.device("d1");
        try (Socket slow = fixture.connect()) {
            send(slow, "GET /health/live HTTP/1.1\r\n");
            assertThat(other.checkIn().status()).isEqualTo(204);
            trickle(slow, "Slow: header");
        }
        assertThat(other.checkIn().status()).isEqualTo(204);
    }

    @Test
    void aBodyThatComesByteByByteEndsTheConnection() throws IOException {
        SimulatedDevice device = fixture.device("d1");
        try (Socket slow = fixture.connect()) {
            send(
                    slow,
                    "POST /device/v1/d1/check-in HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + device.token
                            + "\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{");
            trickle(slow, "    ");
        }
    }

    @Test
    void aThousandConnectionsThatSayNothingHoldNobodyUp() throws IOException {
        SimulatedDevice device = fixture.device("d1");
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                silent.add(fixture.connect());
            }
            for (Socket half : silent.subList(0, 500)) {
                send(half, "POST /device/v1/d1/check-in HTTP/1.1\r\nHost: x\r\n");
            }
            assertThat(device.checkIn().status()).isEqualTo(204);
            // Those that began a request and never ended it are closed.
            for (Socket half : silent.subList(0, 500)) {
                assertThat(rest(half)).doesNotContain("200 OK");
            }
            assertThat(device.checkIn().status()).isEqualTo(204);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void anUploadOfTenGigabytesIsTurnedAwayBeforeItIsRead() throws IOException {
        try (Socket socket = fixture.connect()) {
            send(
                    socket,
                    "POST /api/v1/releases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                            + fixture.server().adminToken() + "\r\nContent-Length: 10737418240\r\n\r\n");
            // Not a byte of it has been sent.
            assertThat(rest(socket)).startsWith("HTTP/1.1 413 ").contains("Connection: close");
        }
    }

    /** Sends a request's head and body in pieces; returns how many it could send of {@code pieces}. */
    private static int send(Socket socket, String head, String piece, int pieces) throws Exception {
        send(socket, head);
        for (int sent = 0; sent < pieces; sent++) {
            try {
                send(socket, piece);
            } catch (java.net.SocketException closed) {
                return sent;
            }
            Thread.sleep(5);
        }
        return pieces;
    }

    /** The answer to a request for which its sender looks only when it cannot send any more, or has sent {@code pieces}. */
    private String inPieces(String head, String piece, int pieces) throws Exception {
        try (Socket socket = fixture.connect()) {
            send(socket, head, piece, pieces);
            return rest(socket);
        }
    }

    @Test
    void whoIsTurnedAwayWhileItIsStillSendingReadsWhy() throws Exception {
        String operator = "Host: x\r\nAuthorization: Bearer " + fixture.server().adminToken() + "\r\n";
        String piece = "x".repeat(4_096);
        long module = new HawkbitTools(fixture).module("os", "app", "1.0");
        for (String head : List.of(
                "POST /api/v1/releases HTTP/1.1\r\n" + operator + "Content-Length: 10737418240\r\n\r\n",
                "POST /rest/v1/softwaremodules/" + module + "/artifacts HTTP/1.1\r\n" + operator
                        + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 10737418240\r\n\r\n")) {
            assertThat(inPieces(head, piece, 50)).as(head).startsWith("HTTP/1.1 413 ");
        }
        // Helidon would read a body that nobody wanted to its end, and so hold the connection for as long as it takes.
        for (String head : List.of(
                "POST /api/v1/releases HTTP/1.1\r\nHost: x\r\nContent-Length: 10737418240\r\n\r\n",
                "POST /api/v1/releases HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 10737418240\r\n\r\n",
                "GET /health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 10737418240\r\n\r\n")) {
            String chunk = head.contains("chunked") ? "1000\r\n" + piece + "\r\n" : piece;
            assertThat(inPieces(head, chunk, 50)).as(head).matches("(?s)HTTP/1.1 (200|401|404) .*");
            assertThat(inPieces(head, "", 1)).as(head).matches("(?s)HTTP/1.1 (200|401|404) .*");
        }
        String chunks = "POST /api/v1/devices HTTP/1.1\r\n" + operator + "Transfer-Encoding: chunked\r\n\r\n";
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        assertThat(inPieces(chunks, chunk, 50)).startsWith("HTTP/1.1 413 ").contains("larger than the 1048576 bytes");
    }

    @Test
    void whoGoesOnSendingForEverIsCutOff() throws Exception {
        String head = "POST /api/v1/releases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + fixture.server().adminToken() + "\r\nContent-Length: 10737418240\r\n\r\n";
        int aMinute = 60_000 / 5;
        try (Socket socket = fixture.connect()) {
            assertThat(send(socket, head, "x", aMinute)).isLessThan(aMinute);
        }
    }

    @Test
    void whoWaitsForLeaveToSendTooMuchIsNotGivenIt() throws IOException {
        try (Socket socket = fixture.connect()) {
            send(
                    socket,
                    "POST /api/v1/releases HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nAuthorization: Bearer "
                            + fixture.server().adminToken() + "\r\nContent-Length: 10737418240\r\n\r\n");
            assertThat(rest(socket)).startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void whoHasSentTooMuchIsToldSoAlsoWhenItIsStillSending() {
        SimulatedDevice device = fixture.device("d1");
        for (int i = 0; i < 20; i++) {
            Fixture.Answer answer = device.cbor("check-in", new byte[80_000]);
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.text()).contains("larger than the 32768 bytes");
        }
    }

    @Test
    void aBodyWithoutEndIsCutOffAtTheLimit() throws IOException {
        try (Socket socket = fixture.connect()) {
            send(
                    socket,
                    "POST /device/v1/x/enrol HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n"
                            + "Content-Type: application/cbor\r\nTransfer-Encoding: chunked\r\n\r\n");
            OutputStream out = socket.getOutputStream();
            byte[] chunk = ("1000\r\n" + "x".repeat(0x1000) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
            boolean cutOff = false;
            for (int i = 0; i < 100_000 && !cutOff; i++) {
                try {
                    out.write(chunk);
                } catch (IOException closed) {
                    cutOff = true;
                }
            }
            assertThat(cutOff).isTrue();
        }
        assertThat(fixture.device("d1").checkIn().status()).isEqualTo(204);
    }

    @Test
    void aDeviceThatFloodsTheServerWithReportsIsToldToWaitAndOthersAreTaken() {
        SimulatedDevice flood = fixture.device("d1");
        SimulatedDevice other = fixture.device("d2");
        Map<String, Object> report = Map.of("seq", 0, "event", "failed", "digest", "11".repeat(32));
        long begin = System.nanoTime();
        Fixture.Answer last = flood.json("reports", report);
        long taken = 0;
        while (last.status() == 204 && taken < 2_000) {
            taken++;
            last = flood.json("reports", report);
        }
        long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
        // Sixty at once, and one a second.
        assertThat(taken).isBetween(60L, 61 + seconds);
        assertThat(last.status()).isEqualTo(429);
        assertThat(Integer.parseInt(String.valueOf(last.header("Retry-After")))).isBetween(1, 60);
        assertThat(other.json("reports", report).status()).isEqualTo(204);
        assertThat(flood.checkIn().status()).isEqualTo(204);
    }

    @Test
    void devicesThatStopReadingTheirDownloadHoldUpNobodyAndAreCutOff() throws IOException {
        byte[] image = Images.image("large-board", 1, 1, 0, 8 << 20);
        fixture.publish(image);
        SimulatedDevice device = fixture.device("d1");
        SimulatedDevice other = fixture.device("d2");
        String path = "/device/v1/artifacts/" + Fixture.hex(Sha256.of(image));
        List<Socket> stopped = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                Socket socket = fixture.connect();
                stopped.add(socket);
                send(
                        socket,
                        "GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + device.token + "\r\n\r\n");
                InputStream in = socket.getInputStream();
                assertThat(in.readNBytes(8)).isEqualTo("HTTP/1.1".getBytes(StandardCharsets.ISO_8859_1));
            }
            Fixture.Answer whole = fixture.send(fixture.request(path, other.token));
            assertThat(whole.body()).isEqualTo(image);
            assertThat(other.checkIn().status()).isEqualTo(204);
            // Of each connection the server's end goes; ours are still there.
            Await.until(() -> Held.now().files() <= before.files() + stopped.size() + 10);
        } finally {
            for (Socket socket : stopped) {
                socket.close();
            }
        }
    }
}
