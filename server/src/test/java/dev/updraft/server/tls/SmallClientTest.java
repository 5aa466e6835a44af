package dev.updraft.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.Server;
import dev.updraft.server.testing.Authority;
import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What modules and small TLS stacks can do, done by {@code openssl s_client}. */
class SmallClientTest {
    private static final String REQUEST = "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    private static final List<String> SAFE_12 = List.of("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305");
    private static final List<String> CBC = List.of("AES128-SHA256", "AES256-SHA384", "AES128-SHA", "AES256-SHA");

    @TempDir
    private Path folder;

    private int run;

    private Server server(String newKey, boolean cbc) {
        Authority authority = new Authority(folder, "operator");
        Authority.Pair own = authority.issue("server", "/CN=updraft", newKey);
        return Server.start(Fixture.config(folder.resolve("data-" + newKey.length() + cbc))
                .withTls(new TlsFiles(own.certificate(), own.key(), null, cbc)));
    }

    /** What s_client says of a handshake with {@code options}, and the answer to one request. */
    private String openssl(Server server, String... options) throws Exception {
        Path said = folder.resolve("said-" + run++);
        List<String> command =
                new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + server.port()));
        command.addAll(List.of("-CAfile", folder.resolve("operator.pem").toString(), "-ign_eof"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try (var in = process.getOutputStream()) {
            in.write(REQUEST.getBytes(StandardCharsets.US_ASCII));
        } catch (java.io.IOException e) {
            // It has ended already: what it said is what counts.
        }
        Await.until(() -> !process.isAlive());
        return Files.readString(said);
    }

    @Test
    void everySuiteOfTls13And12IsSpokenWithEachKindOfCertificate() throws Exception {
        for (String kind : List.of("ec", "rsa:2048")) {
            String family = kind.equals("ec") ? "ECDHE-ECDSA-" : "ECDHE-RSA-";
            try (Server server = server(kind, false)) {
                for (String suite : SAFE_12) {
                    assertThat(openssl(server, "-tls1_2", "-cipher", family + suite))
                            .contains("200 OK", "TLSv1.2", family + suite);
                }
                for (String suite : List.of("AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256")) {
                    assertThat(openssl(server, "-tls1_3", "-ciphersuites", "TLS_" + suite))
                            .contains("200 OK", "TLSv1.3", suite);
                }
                for (String suite : CBC) {
                    assertThat(openssl(server, "-tls1_2", "-cipher", family + suite))
                            .contains("handshake failure")
                            .doesNotContain("200 OK");
                }
                assertThat(openssl(server, "-tls1_2", "-cipher", "AES128-GCM-SHA256"))
                        .as("no forward secrecy")
                        .doesNotContain("200 OK");
                assertThat(openssl(server, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"))
                        .doesNotContain("200 OK");
            }
        }
    }

    @Test
    void cbcIsSpokenWhereTheOperatorWantsIt() throws Exception {
        try (Server server = server("ec", true)) {
            for (String suite : CBC) {
                assertThat(openssl(server, "-tls1_2", "-cipher", "ECDHE-ECDSA-" + suite))
                        .contains("200 OK", "ECDHE-ECDSA-" + suite);
            }
        }
    }

    @Test
    void shortRecordsAreSentToAClientThatAsksForThem() throws Exception {
        try (Server server = server("ec", false)) {
            for (int length : new int[] {512, 1024, 2048}) {
                for (String version : List.of("-tls1_2", "-tls1_3")) {
                    String said = openssl(server, version, "-maxfraglen", Integer.toString(length), "-msg");
                    assertThat(said).contains("200 OK");
                    assertThat(records(said))
                            .as("%s %s", version, length)
                            .isNotEmpty()
                            // What a record may hold, and what encryption adds to it.
                            .allMatch(bytes -> bytes <= length + 256);
                }
            }
        }
    }

    /** Lengths of the records that came, by their headers: {@code 17 03 03 LL LL}. */
    private static Stream<Integer> lengths(String said) {
        return java.util.regex.Pattern.compile(
                        "<<< [^\\n]*RecordHeader[^\\n]*\\n\\s+[0-9a-f]{2} 03 0[0-9] ([0-9a-f]{2}) ([0-9a-f]{2})")
                .matcher(said)
                .results()
                .map(record -> Integer.parseInt(record.group(1) + record.group(2), 16));
    }

    private static List<Integer> records(String said) {
        return lengths(said).toList();
    }

    @Test
    void aSessionIsResumed() throws Exception {
        try (Server server = server("ec", false)) {
            for (String version : List.of("-tls1_2", "-tls1_3")) {
                String session = folder.resolve("session" + version).toString();
                assertThat(openssl(server, version, "-sess_out", session)).contains("200 OK");
                assertThat(openssl(server, version, "-sess_in", session))
                        .as(version)
                        .contains("200 OK", "Reused, TLSv1");
            }
        }
    }
}
