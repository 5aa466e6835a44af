package dev.updraft.cli.fleet;

import dev.updraft.cli.UserError;
import dev.updraft.server.CannotStart;
import dev.updraft.server.Server;
import dev.updraft.server.ServerConfig;
import dev.updraft.server.log.JsonLines;
import dev.updraft.server.tls.TlsFiles;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code updraft serve}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Runs the fleet server until it is interrupted.")
public final class ServeCommand implements Callable<Integer> {
    private static final long LOOK_EVERY_SECONDS = 1;

    /** EX_TEMPFAIL of sysexits.h: what runs the server is to start it again. */
    private static final int MUST_RESTART = 75;

    /** Said once it answers, with its address behind it. */
    static final String READY = "Updraft server on ";

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "0.0.0.0",
            description = "Address to listen on; default every one.")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Default 8080; 0 = any free one.")
    private int port;

    @Mixin
    private StorageOptions storage;

    @Option(
            names = "--tls",
            paramLabel = "CERT.pem",
            description =
                    "Serve HTTPS (TLS 1.3 and 1.2, HTTP/2) with this certificate and those above it; needs --key.")
    private @Nullable Path certificate;

    @Option(names = "--key", paramLabel = "KEY.pem", description = "The private key of --tls, in PKCS#8.")
    private @Nullable Path key;

    @Option(
            names = "--tls-cbc",
            description = "Offer CBC suites of TLS 1.2 too, for modules that have nothing newer: errors in them take"
                    + " a time that may tell a patient listener something of what was sent. Needs --tls.")
    private boolean cbc;

    @Option(
            names = "--client-ca",
            paramLabel = "CA.pem",
            description = "Devices may show a certificate of this authority instead of a token: its common name is the"
                    + " device's id. Needs --tls.")
    private @Nullable Path clientCa;

    @Option(
            names = "--proxy",
            paramLabel = "ADDRESS",
            split = ",",
            description =
                    "Reverse proxies, by address or name, that check the certificates of hawkBit devices and say in"
                            + " X-Controller-Id and X-Authority whose they are (docs/guide/tls.md).")
    private List<String> proxies = List.of();

    @Option(
            names = "--webhooks-to-private",
            description = "Webhooks may go to this machine and into private networks too.")
    private boolean webhooksToPrivate;

    @Option(
            names = "--check-in",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "How often devices are told to check in; default 300.")
    private int checkInSeconds;

    @Option(
            names = "--keep-history",
            paramLabel = "DAYS",
            defaultValue = "400",
            description =
                    "How long the reports of devices are kept, beside the newest of each; 0 = for ever; default 400.")
    private int keepDays;

    @Option(
            names = "--archive",
            paramLabel = "DIR",
            description = "Older reports go into files here (report-YYYY-MM.jsonl.gz) before they are deleted.")
    private @Nullable Path archive;

    @Option(
            names = "--log",
            paramLabel = "FORM",
            defaultValue = "text",
            description = "json = one JSON object a line, with every operator's request; default text.")
    private String log;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (port < 0 || port > 65_535) {
            throw new UserError("A port is a number from 0 to 65535, and " + port + " is not.");
        }
        if (checkInSeconds < 1) {
            throw new UserError("--check-in must be at least 1 second.");
        }
        if (keepDays < 0) {
            throw new UserError("--keep-history takes days, 0 for ever, not " + keepDays + ".");
        }
        if (!log.equals("text") && !log.equals("json")) {
            throw new UserError("--log is text or json, and '" + log + "' is neither.");
        }
        if (log.equals("json")) {
            JsonLines.install();
        }
        ServerConfig config = ServerConfig.in(storage.data())
                .withHost(host)
                .withPort(port)
                .withDatabase(storage.database())
                .withHistory(Duration.ofDays(keepDays), archive)
                .withArtifacts(storage.where())
                .withTls(tls())
                .withProxies(proxies())
                .withWebhooksToPrivate(webhooksToPrivate)
                .withCheckInEvery(Duration.ofSeconds(checkInSeconds));
        Server server;
        try {
            server = Server.start(config);
        } catch (CannotStart e) {
            throw new UserError(String.valueOf(e.getMessage()), e);
        }
        CountDownLatch closed = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            closed.countDown();
        }));
        String address = (certificate == null ? "http://" : "https://") + (host.equals("0.0.0.0") ? "127.0.0.1" : host)
                + ":" + server.port();
        spec.commandLine().getOut().println(READY + address);
        spec.commandLine().getOut().println("Console: " + address + "/console");
        if (server.adminToken() != null) {
            spec.commandLine()
                    .getOut()
                    .println("Admin token: in " + storage.data().resolve("admin-token"));
        }
        spec.commandLine().getOut().flush();
        while (!closed.await(LOOK_EVERY_SECONDS, TimeUnit.SECONDS)) {
            if (server.mustRestart()) {
                spec.commandLine()
                        .getErr()
                        .println("updraft: the database went back in time; ending, so that whatever started this server"
                                + " starts it anew");
                server.close();
                return MUST_RESTART;
            }
        }
        return 0;
    }

    private Set<InetAddress> proxies() {
        Set<InetAddress> addresses = new HashSet<>();
        for (String proxy : proxies) {
            try {
                addresses.addAll(List.of(InetAddress.getAllByName(proxy)));
            } catch (UnknownHostException e) {
                throw new UserError("--proxy names a host's address, and '" + proxy + "' has none.", e);
            }
        }
        return addresses;
    }

    private @Nullable TlsFiles tls() {
        if (certificate == null && key == null && clientCa == null && !cbc) {
            return null;
        }
        if (certificate == null || key == null) {
            throw new UserError("HTTPS needs both --tls CERT.pem and --key KEY.pem.");
        }
        return new TlsFiles(certificate, key, clientCa, cbc);
    }
}
