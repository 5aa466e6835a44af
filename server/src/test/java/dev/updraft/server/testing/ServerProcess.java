package dev.updraft.server.testing;

import dev.updraft.server.CannotStart;
import dev.updraft.server.Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server in a process of its own, so that a test can kill it as a power cut would. */
public final class ServerProcess implements Endpoint, AutoCloseable {
    private final Process process;
    private final int port;
    private final String token;

    /** @param database null = SQLite in {@code data} */
    public ServerProcess(Path data, @Nullable String database) {
        this(data, database, Map.of());
    }

    /** @param environment variables beside those of the test */
    public ServerProcess(Path data, @Nullable String database, Map<String, String> environment) {
        try {
            ProcessBuilder java = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            ServerProcess.class.getName(),
                            data.toString(),
                            database == null ? "" : database)
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            java.environment().putAll(environment);
            process = java.start();
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = out.readLine();
            if (line == null) {
                throw new IllegalStateException("the server process ended before it listened");
            }
            if (!line.matches("\\d+")) {
                throw new Refused(line);
            }
            port = Integer.parseInt(line);
            token = Files.readString(data.resolve("admin-token")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server did not start and said why. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        public Refused(String sentence) {
            super(sentence);
        }
    }

    @SuppressWarnings("SystemOut") // it is how this process talks to the test
    public static void main(String[] args) throws InterruptedException {
        try {
            Server server =
                    Server.start(Fixture.config(Path.of(args[0])).withDatabase(args[1].isEmpty() ? null : args[1]));
            System.out.println(server.port());
        } catch (CannotStart e) {
            System.out.println(e.getMessage());
            System.exit(2);
        }
        Thread.currentThread().join();
    }

    @Override
    public HttpRequest.Builder request(String path, @Nullable String bearer) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        return bearer == null ? request : request.header("Authorization", "Bearer " + bearer);
    }

    @Override
    public String admin() {
        return token;
    }

    /** Ends it as SIGKILL does: nothing is written any more. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
