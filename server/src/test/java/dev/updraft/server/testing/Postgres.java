package dev.updraft.server.testing;

import dev.updraft.server.store.Source;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A real PostgreSQL from Debian's package, in a directory of its own, for as long as the tests run; one database for each test, a copy of
 * one whose schema is there. What it has committed is in the operating system's hands: its crash is tested, the machine's is not.
 */
public final class Postgres {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static @Nullable Postgres running;

    private final Path programs;
    private final Path data;
    private final int port;
    private volatile boolean up;
    private boolean hasSchema;

    private Postgres(Path programs) throws IOException {
        this.programs = programs;
        Path home = Files.createTempDirectory("updraft-postgres");
        this.data = home.resolve("data");
        this.port = freePort();
        if (isRoot()) {
            run(List.of("chown", "postgres", home.toString()));
        }
        run(asOwner("initdb", "-A", "trust", "-U", "updraft", "-E", "UTF8", "--locale=C", "-D", data.toString()));
        start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (up) {
                stop();
            }
            run(List.of("rm", "-rf", home.toString()));
        }));
    }

    /** Below those that the system gives to clients, one of which could have it whenever this server is not running. */
    private static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (BindException taken) {
                // The next one then.
            }
        }
    }

    /** URL of a new database without so much as a schema; skips like {@link #freshDatabase}. */
    public static synchronized String emptyDatabase() {
        freshDatabase();
        String name = "t" + DATABASES.incrementAndGet();
        Postgres shared = Objects.requireNonNull(running);
        shared.create(name, "template1");
        return shared.url(name);
    }

    /** {@link #database} of one that all tests share; skips the test where Debian's package is not installed ({@code ./check} installs it). */
    public static synchronized String freshDatabase() {
        if (running == null) {
            running = own();
        }
        return running.database();
    }

    /** A server of the caller's own, to be stopped and started; skips like {@link #freshDatabase}. */
    public static Postgres own() {
        Path programs = programs();
        Assumptions.assumeTrue(programs != null, "PostgreSQL is not installed: apt-get install postgresql");
        try {
            return new Postgres(Objects.requireNonNull(programs));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    public void start() {
        run(asOwner(
                "pg_ctl",
                "-D",
                data.toString(),
                "-w",
                "-l",
                data.resolveSibling("log").toString(),
                "-o",
                "-p " + port + " -c listen_addresses=127.0.0.1 -c fsync=off -c unix_socket_directories="
                        + data.getParent(),
                "start"));
        up = true;
    }

    /** As if it had crashed: connections break, what was committed is on disk. */
    public void stop() {
        run(asOwner("pg_ctl", "-D", data.toString(), "-m", "immediate", "stop"));
        up = false;
    }

    /** Keeps the stopped server's files as they are now, for {@link #goBack}. */
    public void keep() {
        run(List.of("rm", "-rf", data.resolveSibling("kept").toString()));
        run(List.of("cp", "-a", data.toString(), data.resolveSibling("kept").toString()));
    }

    /** The stopped server is as it was at {@link #keep}, as a standby that lagged or a recovery to an earlier moment would be. */
    public void goBack() {
        run(List.of("rm", "-rf", data.toString()));
        run(List.of("cp", "-a", data.resolveSibling("kept").toString(), data.toString()));
    }

    /** URL of a new database with the schema and nothing in it. */
    public synchronized String database() {
        if (!hasSchema) {
            create("schema", "template1");
            Source.of(url("schema"), data).migrate(null);
            hasSchema = true;
        }
        String name = "t" + DATABASES.incrementAndGet();
        create(name, "schema");
        return url(name);
    }

    private void create(String name, String template) {
        try (Connection connection = DriverManager.getConnection(url("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " TEMPLATE " + template);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=updraft";
    }

    private static @Nullable Path programs() {
        Path versions = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(versions)) {
            return null;
        }
        try (Stream<Path> all = Files.list(versions)) {
            return all.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** PostgreSQL refuses to run as root. */
    private List<String> asOwner(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static void run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(Path.of("/").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(300, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("failed: " + String.join(" ", command));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
