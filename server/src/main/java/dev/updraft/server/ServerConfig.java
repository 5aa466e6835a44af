package dev.updraft.server;

import dev.updraft.server.tls.TlsFiles;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a server is started with.
 *
 * @param host address to listen on
 * @param port 0 = any free one
 * @param data directory for the embedded database, the artifacts and the first admin token; made if it is not there
 * @param database JDBC URL of SQLite or PostgreSQL; null = SQLite in {@code data}
 * @param checkInEvery how often devices are told to come
 * @param largestImage bytes that an uploaded image may have
 * @param tls certificate and key; null = plain HTTP
 * @param artifacts where images are kept: {@code s3://BUCKET?endpoint=…}; null = in {@code data}
 * @param patience how long a request may take to arrive, beside what its length allows
 * @param webhooksToPrivate true if webhooks may go to this machine and into private networks
 * @param proxies reverse proxies whose headers say who a hawkBit device is, where a tenant has switched that on
 */
public record ServerConfig(
        String host,
        int port,
        Path data,
        @Nullable String database,
        Duration checkInEvery,
        int largestImage,
        @Nullable TlsFiles tls,
        @Nullable String artifacts,
        Duration patience,
        Set<InetAddress> proxies,
        boolean webhooksToPrivate) {

    /** All defaults: listens on every address at port 8080, SQLite, a check-in every five minutes. */
    public static ServerConfig in(Path data) {
        return new ServerConfig(
                "0.0.0.0",
                8080,
                data,
                null,
                Duration.ofMinutes(5),
                64 << 20,
                null,
                null,
                Duration.ofSeconds(30),
                Set.of(),
                false);
    }

    public ServerConfig withHost(String to) {
        return new ServerConfig(
                to,
                port,
                data,
                database,
                checkInEvery,
                largestImage,
                tls,
                artifacts,
                patience,
                proxies,
                webhooksToPrivate);
    }

    public ServerConfig withPort(int to) {
        return new ServerConfig(
                host,
                to,
                data,
                database,
                checkInEvery,
                largestImage,
                tls,
                artifacts,
                patience,
                proxies,
                webhooksToPrivate);
    }

    public ServerConfig withDatabase(@Nullable String url) {
        return new ServerConfig(
                host,
                port,
                data,
                url,
                checkInEvery,
                largestImage,
                tls,
                artifacts,
                patience,
                proxies,
                webhooksToPrivate);
    }

    public ServerConfig withCheckInEvery(Duration interval) {
        return new ServerConfig(
                host,
                port,
                data,
                database,
                interval,
                largestImage,
                tls,
                artifacts,
                patience,
                proxies,
                webhooksToPrivate);
    }

    public ServerConfig withTls(@Nullable TlsFiles files) {
        return new ServerConfig(
                host,
                port,
                data,
                database,
                checkInEvery,
                largestImage,
                files,
                artifacts,
                patience,
                proxies,
                webhooksToPrivate);
    }

    public ServerConfig withArtifacts(@Nullable String where) {
        return new ServerConfig(
                host,
                port,
                data,
                database,
                checkInEvery,
                largestImage,
                tls,
                where,
                patience,
                proxies,
                webhooksToPrivate);
    }

    public ServerConfig withPatience(Duration to) {
        return new ServerConfig(
                host, port, data, database, checkInEvery, largestImage, tls, artifacts, to, proxies, webhooksToPrivate);
    }

    public ServerConfig withProxies(Set<InetAddress> addresses) {
        return new ServerConfig(
                host,
                port,
                data,
                database,
                checkInEvery,
                largestImage,
                tls,
                artifacts,
                patience,
                addresses,
                webhooksToPrivate);
    }

    public ServerConfig withWebhooksToPrivate(boolean allowed) {
        return new ServerConfig(
                host, port, data, database, checkInEvery, largestImage, tls, artifacts, patience, proxies, allowed);
    }
}
