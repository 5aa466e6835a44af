package dev.updraft.emulator.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.emulator.network.HostNetwork;
import dev.updraft.emulator.network.ScriptedNetwork;
import dev.updraft.emulator.part.EspSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Wi-Fi module on an emulated board: flow control that counts only once it is switched on, and TLS 1.2 that verifies only if told to. */
class WifiModuleTest {
    private static final int FLASH = 0x0800_0000;
    private static final int BYTES = 20_000;
    private static final String FLOW_CONTROL = "\"AT+UART_CUR=115200,8,1,0,3\\r\\n\",";
    private static final String VERIFY =
            "\"AT+CIPSNTPCFG=1,0\\r\\n\",\"AT+CIPSSLCCONF=2,0,0\\r\\n\",\"AT+CIPSSLCSNI=\\\"localhost\\\"\\r\\n\",\"AT+CIPSSLCCN=\\\"localhost\\\"\\r\\n\",";

    @TempDir
    private Path folder;

    @Test
    void aProcessorThatStandsStillLosesBytesUnlessTheModuleWasToldToHonourRts() {
        assertThat(fetch("-DFLOW=3", "-DSTALL=300000")).doesNotContain("got");
        assertThat(fetch("-DFLOW=3", "-DSTALL=300000", "-DSETUP=" + FLOW_CONTROL))
                .startsWith("got %08X".formatted(BYTES))
                .endsWith("overruns 00000000\n");
    }

    @Test
    void aModuleThatStandsStillHoldsTheChipOnlyIfToldTo() {
        assertThat(fetchWhileTheModuleStandsStill("-DFLOW=3", "-DSETUP=" + FLOW_CONTROL))
                .startsWith("got");
        assertThat(fetchWhileTheModuleStandsStill("-DFLOW=0")).contains("timeout");
    }

    /** The module stands still from when the chip sends its long request on. */
    private static String fetchWhileTheModuleStandsStill(String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.add("-DHOST=\"10.0.0.1\"");
        all.add("-DPORT=\"80\"");
        all.add("-DREQUEST_FILL=400");
        try (Board board = Boards.create("stm32f407").network(scripted()).build()) {
            board.program(FLASH, Firmware.compile("wifi.c", all.toArray(String[]::new)));
            board.powerOn();
            board.run(() -> board.console().text().contains("sending"), 60_000_000);
            board.wifi().standStill(200);
            board.run(() -> board.console().text().endsWith("\n"), 60_000_000);
            return board.console().text().substring("sending ".length());
        }
    }

    private static String fetch(String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.add("-DHOST=\"10.0.0.1\"");
        all.add("-DPORT=\"80\"");
        try (Board board = Boards.create("stm32f407").network(scripted()).build()) {
            board.program(FLASH, Firmware.compile("wifi.c", all.toArray(String[]::new)));
            board.powerOn();
            board.run(() -> board.console().text().endsWith("\n"), 60_000_000);
            return board.console().text();
        }
    }

    private static ScriptedNetwork scripted() {
        return new ScriptedNetwork(
                (host, port) -> Optional.of((conversation, bytes) -> {
                    conversation.send(new byte[BYTES]);
                    conversation.close();
                }),
                20_000_000);
    }

    @Test
    void aServerIsNamedAndVerifiedByTheAuthorityInTheModulesFlash() throws Exception {
        Identity server = identity("server", "localhost");
        try (Served served = serve(server, "TLSv1.2")) {
            assertThat(fetchSecurely(served, Set.of(server.certificate()), VERIFY))
                    .startsWith("got 00001388");
            assertThat(served.named.get()).isEqualTo("localhost");
        }
    }

    @Test
    void aServerOfAnotherAuthorityOrAnotherNameIsRefusedByAModuleThatWasToldToVerify() throws Exception {
        Identity other = identity("other", "localhost");
        for (Identity wrong : List.of(identity("server", "localhost"), identity("elsewhere", "elsewhere.example"))) {
            Set<X509Certificate> trusted =
                    wrong.name.equals("localhost") ? Set.of(other.certificate()) : Set.of(wrong.certificate());
            try (Served served = serve(wrong, "TLSv1.2")) {
                assertThat(fetchSecurely(served, trusted, VERIFY)).contains("timeout waiting for CONNECT");
            }
        }
    }

    @Test
    void aModuleThatWasToldNothingTakesAnyServer() throws Exception {
        try (Served served = serve(identity("server", "elsewhere.example"), "TLSv1.2")) {
            assertThat(fetchSecurely(served, Set.of(), "")).startsWith("got 00001388");
        }
    }

    @Test
    void aServerThatSpeaksOnlyTls13IsNotReached() throws Exception {
        Identity server = identity("server", "localhost");
        try (Served served = serve(server, "TLSv1.3")) {
            assertThat(fetchSecurely(served, Set.of(server.certificate()), VERIFY))
                    .contains("timeout waiting for CONNECT");
        }
    }

    private static String fetchSecurely(Served served, Set<X509Certificate> trusted, String setup) {
        EspSettings module = new EspSettings(EspSettings.Firmware.V3, Map.of(), 1, trusted);
        try (Board board = Boards.create("stm32f407")
                .network(new HostNetwork())
                .wifi(module)
                .build()) {
            board.program(
                    FLASH,
                    Firmware.compile(
                            "wifi.c",
                            "-DHOST=\"localhost\"",
                            "-DPORT=\"" + served.socket.getLocalPort() + "\"",
                            "-DFLOW=3",
                            "-DTYPE=\"SSL\"",
                            "-DSETUP=" + FLOW_CONTROL + setup));
            board.powerOn();
            board.run(() -> board.console().text().endsWith("\n"), 60_000_000);
            return board.console().text();
        }
    }

    private record Identity(String name, KeyStore store) {
        X509Certificate certificate() {
            try {
                return (X509Certificate) store.getCertificate("it");
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private Identity identity(String file, String name)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve(file + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "password",
                        "-alias",
                        "it",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=dns:" + name)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        return new Identity(name, KeyStore.getInstance(store.toFile(), "password".toCharArray()));
    }

    private static final class Served implements AutoCloseable {
        private final SSLServerSocket socket;
        private final CompletableFuture<String> named = new CompletableFuture<>();

        Served(SSLServerSocket socket) {
            this.socket = socket;
            Thread.ofVirtual().start(this::answer);
        }

        private void answer() {
            try (SSLSocket client = (SSLSocket) socket.accept()) {
                assertThat(client.getInputStream().readNBytes(18)).hasSize(18);
                named.complete(((ExtendedSSLSession) client.getSession())
                        .getRequestedServerNames().stream()
                                .map(name -> ((SNIHostName) name).getAsciiName())
                                .findFirst()
                                .orElse(""));
                client.getOutputStream().write(new byte[5000]);
            } catch (IOException e) {
                named.completeExceptionally(e);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static Served serve(Identity identity, String protocol) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(identity.store, "password".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        SSLServerSocket socket = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress());
        socket.setEnabledProtocols(new String[] {protocol});
        return new Served(socket);
    }
}
