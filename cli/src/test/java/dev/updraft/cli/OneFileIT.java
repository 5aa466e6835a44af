package dev.updraft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The one file that is installed, alone in a directory: {@code java -jar updraft.jar serve}. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class OneFileIT {
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private Path jar;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void install() throws IOException {
        jar = Files.copy(Path.of(System.getProperty("updraft.jar")), folder.resolve("updraft.jar"));
    }

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
    }

    /** Starts {@code java OPTIONS -jar updraft.jar ARGUMENTS}; what it prints goes to the file {@code out}. */
    private Process java(List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        started.add(process);
        return process;
    }

    private String out() throws IOException {
        return Files.readString(folder.resolve("out"));
    }

    private String address(Process server) throws Exception {
        // The last line that it prints at its start.
        while (!out().contains("Admin token: ")) {
            assertThat(server.isAlive()).as(out()).isTrue();
            Thread.sleep(20);
        }
        return out().lines()
                .filter(line -> line.startsWith("Updraft server on "))
                .findFirst()
                .orElseThrow()
                .substring("Updraft server on ".length());
    }

    private HttpResponse<String> send(String address, String path, String body) throws Exception {
        String token = Files.readString(folder.resolve("data/admin-token")).strip();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address + path)).header("Authorization", "Bearer " + token);
        if (!body.isEmpty()) {
            request.POST(HttpRequest.BodyPublishers.ofString(body));
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void itServesAndStartsAgainFromTheCacheThatItMakesAndKeepsWhatItIsTold() throws Exception {
        String[] serve = "serve --host 127.0.0.1 --port 0 --data data".split(" ");
        Process server = java(List.of(), serve);
        assertThat(send(address(server), "/api/v1/devices", "{\"id\":\"pump-7\"}")
                        .statusCode())
                .isEqualTo(201);
        // No warning of Java about native code, or of a library about what got lost in the one file.
        assertThat(out().lines()).as(out()).hasSize(3);
        server.destroy();
        assertThat(server.waitFor(2, TimeUnit.MINUTES)).isTrue();

        Process prepare = java(List.of(), "prepare");
        assertThat(prepare.waitFor()).as(out()).isZero();
        Path cache = folder.resolve("updraft.aot");
        assertThat(out()).contains("-XX:AOTCache=" + cache + " -XX:+UseSerialGC -Xmn48m");
        // In this mode Java does not start at all if the cache does not fit.
        Process again = java(List.of("-XX:AOTCache=" + cache, "-XX:AOTMode=on", "-XX:+UseSerialGC", "-Xmn48m"), serve);
        assertThat(send(address(again), "/api/v1/devices", "").body()).contains("pump-7");
    }

    /** These come from services that several libraries declare, each in a file of the same name. */
    @Test
    void itHasTheServicesOfAllItsLibraries() throws Exception {
        run("openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost"
                + " -addext subjectAltName=DNS:localhost,IP:127.0.0.1");
        Process server = java(
                List.of("-Daws.accessKeyId=a", "-Daws.secretAccessKey=b"),
                ("serve --host 127.0.0.1 --port 0 --data data --tls cert.pem --key key.pem"
                                + " --artifacts s3://firmware?endpoint=http://127.0.0.1:9")
                        .split(" "));
        String address = address(server);
        HttpClient trusting = HttpClient.newBuilder().sslContext(trusting()).build();
        HttpResponse<String> ready = trusting.send(
                HttpRequest.newBuilder(URI.create(address + "/health/live")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.version()).isEqualTo(HttpClient.Version.HTTP_2);
        Process lost =
                java(List.of(), "serve", "--port", "0", "--data", "data2", "--db", "jdbc:postgresql://127.0.0.1:9/x");
        assertThat(lost.waitFor()).isEqualTo(2);
        assertThat(out()).contains("updraft: The database of --db cannot be opened: Connection to 127.0.0.1:9 refused");
    }

    private SSLContext trusting() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(folder.resolve("cert.pem"))) {
            trusted.setCertificateEntry(
                    "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private void run(String command) throws Exception {
        Path complaints = folder.resolve("complaints");
        Process process = new ProcessBuilder(command.split(" "))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(complaints.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(complaints)).isZero();
    }
}
