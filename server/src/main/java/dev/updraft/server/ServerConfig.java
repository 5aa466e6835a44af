package dev.updraft.server;

import dev.updraft.server.tls.TlsFiles;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a server is started with; a value, of which {@code with…} makes another. */
public final class ServerConfig implements Cloneable {
    private final Path data;
    private String host = "0.0.0.0";
    private int port = 8080;
    private @Nullable String database;
    private Duration checkInEvery = Duration.ofMinutes(5);
    private int largestImage = 64 << 20;
    private @Nullable TlsFiles tls;
    private @Nullable String artifacts;
    private Duration patience = Duration.ofSeconds(30);
    private Set<InetAddress> proxies = Set.of();
    private boolean webhooksToPrivate;
    private Duration keepHistory = Duration.ofDays(400);
    private @Nullable Path archive;

    private ServerConfig(Path data) {
        this.data = data;
    }

    /** All defaults: listens on every address at port 8080, SQLite, a check-in every five minutes. */
    public static ServerConfig in(Path data) {
        return new ServerConfig(data);
    }

    private ServerConfig with(Consumer<ServerConfig> change) {
        try {
            ServerConfig changed = (ServerConfig) clone();
            change.accept(changed);
            return changed;
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Directory for the embedded database, the artifacts and the first admin token; made if it is not there. */
    public Path data() {
        return data;
    }

    /** Address to listen on. */
    String host() {
        return host;
    }

    public ServerConfig withHost(String to) {
        return with(config -> config.host = to);
    }

    /** 0 = any free one. */
    int port() {
        return port;
    }

    public ServerConfig withPort(int to) {
        return with(config -> config.port = to);
    }

    /** JDBC URL of SQLite or PostgreSQL; null = SQLite in {@link #data}. */
    public @Nullable String database() {
        return database;
    }

    public ServerConfig withDatabase(@Nullable String url) {
        return with(config -> config.database = url);
    }

    /** How often devices are told to come. */
    Duration checkInEvery() {
        return checkInEvery;
    }

    public ServerConfig withCheckInEvery(Duration interval) {
        return with(config -> config.checkInEvery = interval);
    }

    /** Bytes that an uploaded image may have. */
    int largestImage() {
        return largestImage;
    }

    /** Certificate and key; null = plain HTTP. */
    @Nullable
    TlsFiles tls() {
        return tls;
    }

    public ServerConfig withTls(@Nullable TlsFiles files) {
        return with(config -> config.tls = files);
    }

    /** Where images are kept: {@code s3://BUCKET?endpoint=…}; null = in {@link #data}. */
    @Nullable
    String artifacts() {
        return artifacts;
    }

    public ServerConfig withArtifacts(@Nullable String where) {
        return with(config -> config.artifacts = where);
    }

    /** How long a request may take to arrive, beside what its length allows. */
    Duration patience() {
        return patience;
    }

    public ServerConfig withPatience(Duration to) {
        return with(config -> config.patience = to);
    }

    /** Reverse proxies whose headers say who a hawkBit device is, where a tenant has switched that on. */
    Set<InetAddress> proxies() {
        return proxies;
    }

    public ServerConfig withProxies(Set<InetAddress> addresses) {
        return with(config -> config.proxies = Set.copyOf(addresses));
    }

    /** True if webhooks may go to this machine and into private networks. */
    boolean webhooksToPrivate() {
        return webhooksToPrivate;
    }

    public ServerConfig withWebhooksToPrivate(boolean allowed) {
        return with(config -> config.webhooksToPrivate = allowed);
    }

    /** How old a device's reports may become, beside its newest; zero = any age. */
    Duration keepHistory() {
        return keepHistory;
    }

    /** Directory that takes what is older; null = it is deleted. */
    @Nullable
    Path archive() {
        return archive;
    }

    public ServerConfig withHistory(Duration keep, @Nullable Path archived) {
        return with(config -> {
            config.keepHistory = keep;
            config.archive = archived;
        });
    }
}
