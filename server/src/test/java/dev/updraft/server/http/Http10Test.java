package dev.updraft.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HawkbitTools;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nginx sends to a server behind it, where nothing else is said: HTTP/1.0, a connection for each request. */
class Http10Test {
    private Fixture fixture;
    private HawkbitTools tools;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
        tools = new HawkbitTools(fixture);
        tools.target("d1", "token");
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /** Everything that comes until the server closes the connection. */
    private String exchange(String... pieces) throws IOException {
        try (Socket socket = fixture.connect()) {
            socket.setTcpNoDelay(true);
            for (String piece : pieces) {
                socket.getOutputStream().write(piece.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
            }
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static final String POLL = "GET /DEFAULT/controller/v1/d1 HTTP/1.0\r\nHost: updates.example.com\r\n"
            + "Authorization: TargetToken token\r\n";

    @Test
    void aPollIsAnsweredWithItsLengthAndTheConnectionIsClosed() throws IOException {
        String answer = exchange(POLL + "Connection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").contains("Content-Length: ");
        assertThat(answer).doesNotContain("chunked").contains("http://updates.example.com/DEFAULT/");
    }

    @Test
    void oneThatWantsToStayIsClosedAllTheSameAndWhatFollowsIsNotRead() throws IOException {
        String answer = exchange(POLL + "Connection: keep-alive\r\n\r\n" + POLL + "\r\n");
        assertThat(answer.split("HTTP/1.1 ", -1)).hasSize(2);
    }

    @Test
    void aBodyArrivesWhole() throws IOException {
        String body = "{\"data\":{\"hw\":\"2\"}}";
        String answer = exchange(
                "PUT /DEFAULT/controller/v1/d1/configData HTTP/1.0\r\nHost: h\r\nAuthorization: TargetToken token\r\n"
                        + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n",
                body);
        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n");
        assertThat(HawkbitTools.ok(tools.get("targets/d1/attributes"))
                        .path("hw")
                        .asString())
                .isEqualTo("2");
    }
}
