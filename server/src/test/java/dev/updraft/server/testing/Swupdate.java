package dev.updraft.server.testing;

import dev.updraft.image.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's swupdate as a device: its daemon for hawkBit, a signing key, and packages for it. */
public final class Swupdate implements AutoCloseable {
    private final Path home;
    private final List<Process> running = new ArrayList<>();

    public Swupdate(Path home) {
        this.home = home;
        write(
                "swupdate.cfg",
                "globals : { verbose = false; };\nidentify : ( { name = \"board\"; value = \"swu\"; } );\n");
        run("openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=test"
                + " -addext extendedKeyUsage=emailProtection -addext keyUsage=digitalSignature");
    }

    public static boolean isInstalled() {
        return List.of("swupdate", "cpio", "openssl").stream()
                .allMatch(program -> Files.isExecutable(Path.of("/usr/bin", program)));
    }

    public Path installed() {
        return home.resolve("installed.bin");
    }

    /** A signed package that writes {@code payload} to {@link #installed}. */
    public byte[] pack(String version, byte[] payload) {
        try {
            Files.write(home.resolve("payload.bin"), payload);
            write("sw-description", """
                    software = {
                      version = "%s";
                      hardware-compatibility: ["1.0"];
                      files: ({ filename = "payload.bin"; path = "%s"; type = "rawfile"; sha256 = "%s"; });
                    }
                    """.formatted(version, installed(), Fixture.hex(Sha256.of(payload))));
            run("openssl cms -sign -in sw-description -out sw-description.sig -signer cert.pem -inkey key.pem"
                    + " -outform DER -nosmimecap -binary");
            run("printf 'sw-description\\nsw-description.sig\\npayload.bin\\n' | cpio -o -H crc > package.swu");
            return Files.readAllBytes(home.resolve("package.swu"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts its daemon; {@code extra} such as {@code -c 2}: the update before the restart went well. */
    public Process start(int port, String id, String token, String extra) {
        try {
            Path temporary = Files.createDirectories(home.resolve("tmp"));
            try (var leftovers = Files.newDirectoryStream(temporary)) {
                for (Path socket : leftovers) {
                    Files.deleteIfExists(socket);
                }
            }
            ProcessBuilder daemon = new ProcessBuilder(
                            "swupdate",
                            "-H",
                            "board:1.0",
                            "-f",
                            "swupdate.cfg",
                            "-k",
                            "cert.pem",
                            "-B",
                            "none",
                            "-v",
                            "-u",
                            "-t DEFAULT -u http://127.0.0.1:" + port + " -i " + id + " -k " + token + " -p 1 " + extra)
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile()));
            daemon.environment().put("TMPDIR", temporary.toString());
            Process process = daemon.start();
            running.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it as a reset does, with the processes that it has started. */
    public static void kill(Process process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        try {
            process.waitFor(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public String log() {
        try {
            return Files.readString(home.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void write(String name, String text) {
        try {
            Files.writeString(home.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(String command) {
        try {
            Process process = new ProcessBuilder("sh", "-c", command)
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile()))
                    .start();
            if (!process.waitFor(300, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("failed: " + command + "\n" + log());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        running.forEach(Swupdate::kill);
    }
}
