package dev.updraft.server.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Sends requests as they are, several at once on one connection, and reads the answers. */
public final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    public RawClient(Fixture fixture) throws IOException {
        this.socket = fixture.connect();
        this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    }

    public record Answer(int status, String body) {}

    /** @param lines request lines without the version, such as {@code GET /x} */
    public List<Answer> send(List<String> lines, String token) throws IOException {
        StringBuilder all = new StringBuilder();
        for (String line : lines) {
            all.append(line).append(" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ");
            all.append(token).append("\r\nContent-Length: 0\r\n\r\n");
        }
        // Beside the reading: both sides' buffers are soon full of so many.
        Thread writer = Thread.startVirtualThread(() -> write(all));
        List<Answer> answers = new ArrayList<>();
        for (String line : lines) {
            try {
                answers.add(answer());
            } catch (IOException e) {
                throw new IOException("no answer to " + line, e);
            }
        }
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return answers;
    }

    private void write(CharSequence all) {
        try {
            socket.getOutputStream().write(all.toString().getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            // Whoever waits for the answers is told.
        }
    }

    private Answer answer() throws IOException {
        String first = line();
        int status = Integer.parseInt(first.substring(9, 12));
        int length = 0;
        boolean chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).strip());
            }
            chunked |= lower.startsWith("transfer-encoding:") && lower.endsWith("chunked");
        }
        if (!chunked) {
            return new Answer(status, text(length));
        }
        StringBuilder body = new StringBuilder();
        for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
            body.append(text(size));
            line();
        }
        line();
        return new Answer(status, body.toString());
    }

    private String text(int length) throws IOException {
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the connection was closed");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
