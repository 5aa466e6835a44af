package dev.updraft.server;

import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Routes;
import dev.updraft.server.access.Sessions;
import dev.updraft.server.access.TenantApi;
import dev.updraft.server.access.TokenApi;
import dev.updraft.server.access.UserApi;
import dev.updraft.server.artifact.ArtifactCheck;
import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.artifact.Directory;
import dev.updraft.server.artifact.Download;
import dev.updraft.server.artifact.S3;
import dev.updraft.server.audit.Audit;
import dev.updraft.server.console.Console;
import dev.updraft.server.device.DeviceApi;
import dev.updraft.server.device.Pace;
import dev.updraft.server.enrolment.ClientCertificates;
import dev.updraft.server.enrolment.ProvisioningApi;
import dev.updraft.server.enrolment.ProvisioningKeys;
import dev.updraft.server.event.EventApi;
import dev.updraft.server.event.Events;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.fleet.FleetApi;
import dev.updraft.server.fleet.GroupApi;
import dev.updraft.server.fleet.Groups;
import dev.updraft.server.gateway.Gateways;
import dev.updraft.server.hawkbit.ddi.Hawkbit;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.management.ManagementApi;
import dev.updraft.server.http.Errors;
import dev.updraft.server.http.Http10;
import dev.updraft.server.http.PathSpelling;
import dev.updraft.server.http.RequestId;
import dev.updraft.server.http.SlowRequests;
import dev.updraft.server.metric.HealthApi;
import dev.updraft.server.metric.Meters;
import dev.updraft.server.overview.OverviewApi;
import dev.updraft.server.patch.Patches;
import dev.updraft.server.release.RehearsalRules;
import dev.updraft.server.release.Rehearsals;
import dev.updraft.server.release.ReleaseApi;
import dev.updraft.server.release.Releases;
import dev.updraft.server.release.SettingsApi;
import dev.updraft.server.retention.Archive;
import dev.updraft.server.retention.Retention;
import dev.updraft.server.rollout.ConsentApi;
import dev.updraft.server.rollout.DeviceUpdateApi;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.RetryApi;
import dev.updraft.server.rollout.Rollout;
import dev.updraft.server.rollout.RolloutApi;
import dev.updraft.server.rollout.Rollouts;
import dev.updraft.server.store.Database;
import dev.updraft.server.technician.TechnicianPage;
import dev.updraft.server.tls.Renewal;
import dev.updraft.server.tls.TlsFiles;
import dev.updraft.server.webhook.WebhookApi;
import dev.updraft.server.webhook.Webhooks;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A running fleet server. {@link #start} wires its parts by hand and reads as the map of this room. */
public final class Server implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Server.class.getName());

    /** Held here because java.util.logging forgets the level of a logger that nobody holds. */
    private static final Logger[] TALKATIVE = {
        Logger.getLogger("io.helidon"), Logger.getLogger("org.flywaydb"), Logger.getLogger("com.zaxxer.hikari")
    };

    /** Prints a stack trace for a port in use, which {@link CannotStart} says in one sentence. */
    private static final Logger STARTING = Logger.getLogger("io.helidon.webserver.LoomServer");

    private static final long LARGEST_ARTIFACT_COPIES = 4L << 30;

    private static final long LOOK_FOR_NEW_CERTIFICATE_MILLIS = 2_000;
    private static final Duration IDLE_CONNECTION = Duration.ofMinutes(1);

    /** What a connection holds, by estimate: its thread's stack and two buffers of 8 KiB. */
    private static final long CONNECTION_BYTES = 40 * 1024;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private int port;
    private @Nullable Database database;
    private @Nullable String adminToken;
    private @Nullable Sessions sessions;
    private List<Routes.Route> routes = List.of();

    private Server() {}

    /**
     * Starts a server; when this returns it answers.
     *
     * @throws CannotStart if something must be changed first: port in use, directory not writable, database not there
     */
    public static Server start(ServerConfig config) {
        for (Logger logger : TALKATIVE) {
            logger.setLevel(Level.WARNING);
        }
        STARTING.setLevel(Level.OFF);
        Server server = new Server();
        try {
            server.wire(config);
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void wire(ServerConfig config) {
        Path data = writable(config.data());
        Database database = opened(config, data);
        this.database = database;
        Artifacts artifacts = artifacts(config, data);
        part(new ArtifactCheck(database, artifacts));
        Operators operators = new Operators(database);
        adminToken = operators.bootstrap(data.resolve("admin-token"));
        Fleet fleet = part(new Fleet(database));
        Path archive = config.archive();
        part(new Retention(database, config.keepHistory(), archive == null ? null : new Archive(archive)));
        Groups groups = new Groups(database);
        Releases releases = new Releases(database, artifacts);
        RehearsalRules rules = new RehearsalRules(database);
        Rehearsals rehearsals = new Rehearsals(database, rules);
        Rollouts rollouts = part(new Rollouts(database, fleet, releases, rehearsals, rules, groups));
        DeviceUpdates updates = new DeviceUpdates(database, fleet, releases, rollouts);

        ProvisioningKeys keys = new ProvisioningKeys(database, fleet);
        Meters meters = new Meters(fleet, database);
        Events events = new Events(database);
        Webhooks webhooks = part(new Webhooks(database, events, config.webhooksToPrivate()));
        EventApi eventApi = new EventApi(events, operators);
        OverviewApi overview = part(new OverviewApi(fleet, database));
        Audit audit = new Audit(database, operators);
        Patches patches = part(new Patches(database, artifacts, releases));
        SlowRequests slow = part(new SlowRequests(config.patience()));
        Download download = new Download(artifacts, meters, slow);
        Hawkbit hawkbit = Hawkbit.on(
                database, artifacts, config.checkInEvery(), !config.proxies().isEmpty());
        ClientCertificates certificates = new ClientCertificates(fleet, operators);

        meters.gauge(
                "updraft_artifacts_damaged",
                "Artifacts that have rotted or are gone.",
                () -> artifacts.damaged().all().size());
        meters.gauge("updraft_patches", "Patches that this process offers.", patches::count);
        meters.gauge("updraft_rollouts_running", "Rollouts under way.", () -> rollouts.count(Rollout.State.RUNNING));
        meters.gauge("updraft_rollouts_paused", "Rollouts that wait.", () -> rollouts.count(Rollout.State.PAUSED));
        meters.gauge("updraft_webhooks_failing", "Webhooks whose receiver does not take events.", webhooks::failing);
        meters.gauge("updraft_event_listeners", "Connections that listen to events.", eventApi::listening);
        meters.gauge(
                "updraft_owner",
                "1 if this process does the background work.",
                () -> database.changes().isOwner() ? 1 : 0);
        meters.gauge(
                "updraft_current",
                "0 if this process cannot follow the others and offers nothing.",
                () -> database.changes().isCurrent() ? 1 : 0);

        ManagementApi management = part(new ManagementApi(
                database, operators, fleet, releases, rollouts, updates, artifacts, download, hawkbit));
        HttpRouting.Builder routing = HttpRouting.builder()
                .register(
                        "/device/v1",
                        new DeviceApi(
                                fleet,
                                updates,
                                keys,
                                certificates,
                                new Gateways(operators, fleet),
                                download,
                                patches,
                                new Pace(config.checkInEvery()),
                                meters))
                .addFilter(Errors::closeAsSaid)
                .addFilter(PathSpelling::filter)
                .addFilter(RequestId::filter)
                .addFilter((chain, request, response) -> {
                    // Operators see what they did a moment ago, whichever process they ask.
                    String path = request.path().absolute().path();
                    if (path.startsWith("/api/") || path.startsWith("/rest/") || path.startsWith("/console")) {
                        database.changes().catchUp();
                    }
                    chain.proceed();
                })
                .addFilter(HawkbitJson::negotiate)
                .addFilter(audit::filter)
                .register(hawkbit.ddi(
                        database,
                        operators,
                        fleet,
                        releases,
                        updates,
                        certificates,
                        config.proxies(),
                        download,
                        meters,
                        management));
        Routes api = new Routes(routing, operators)
                .add("/api/v1/devices", "devices", new FleetApi(fleet, groups))
                .add("/api/v1/devices", "devices", new ConsentApi(fleet, updates))
                .add("/api/v1/devices", "devices", new RetryApi(fleet, updates))
                .add("/api/v1/devices", "devices", new DeviceUpdateApi(fleet, releases, updates))
                .add("/api/v1/overview", "devices", overview)
                .add("/api/v1/groups", "groups", new GroupApi(groups))
                .add("/api/v1/events", "events", eventApi)
                .add("/api/v1/webhooks", "webhooks", new WebhookApi(webhooks))
                .add(
                        "/api/v1/releases",
                        "releases",
                        new ReleaseApi(releases, rehearsals, rollouts, config.largestImage()))
                .add("/api/v1/rollouts", "rollouts", new RolloutApi(database, rollouts))
                .add("/api/v1/provisioning-keys", "provisioning-keys", new ProvisioningApi(keys))
                .add("/api/v1/tokens", "tokens", new TokenApi(operators))
                .add("/api/v1/users", "users", new UserApi(operators))
                .add("/api/v1/settings", "settings", new SettingsApi(rules))
                .add("/api/v1/tenants", "tenants", new TenantApi(operators))
                .add("/api/v1/audit", "audit", audit)
                .add("/api/v1/openapi.json", "", new OpenApi())
                .add("/rest/v1", "hawkbit", management)
                .add(
                        "",
                        "metrics",
                        new HealthApi(database, () -> artifacts.damaged().all().size(), meters));
        routes = api.otherMethods().table();
        routing.register("/technician", new TechnicianPage());
        Sessions sessions = new Sessions(database, operators);
        this.sessions = sessions;
        routing.register(new Console(api, audit, sessions));
        Errors.register(routing);
        database.changes().start();
        management.start();
        listen(config, routing, slow, meters);
        // Closed first, or those who listen would hold up the end.
        part(eventApi);
    }

    private void listen(ServerConfig config, HttpRouting.Builder routing, SlowRequests slow, Meters meters) {
        WebServerConfig.Builder builder = WebServer.builder()
                .host(config.host())
                .port(config.port())
                .shutdownHook(false)
                .idleConnectionTimeout(IDLE_CONNECTION)
                .idleConnectionPeriod(IDLE_CONNECTION.dividedBy(4))
                // A quarter of the heap for connections; past that, new ones wait until others are closed.
                .maxTcpConnections((int) (Runtime.getRuntime().maxMemory() / 4 / CONNECTION_BYTES))
                // HTTP/2 is agreed on in the TLS handshake. Without TLS there is HTTP/1.1 alone: to tell them apart
                // Helidon would
                // wait for the first byte of a connection for ever.
                .protocolsDiscoverServices(config.tls() != null)
                .addConnectionSelector(new Http10(Http1Config.builder()
                        // A device knows that its connection stays open: HTTP/1.1 says so. 24 bytes less an answer.
                        .sendKeepAliveHeader(false)
                        .addReceiveListener(slow)
                        .log(log -> log.sendLog(false))
                        .build()))
                .routing(routing);
        TlsFiles tls = config.tls();
        if (tls != null) {
            builder.tls(loaded(tls));
        }
        WebServer web = builder.build();
        web.start();
        if (!web.isRunning()) {
            throw new CannotStart("Port " + config.port() + " of " + config.host()
                    + " is in use or not allowed; choose another with --port.");
        }
        parts.push(web::stop);
        if (tls != null) {
            Renewal renewal = part(new Renewal(tls, web, LOOK_FOR_NEW_CERTIFICATE_MILLIS));
            meters.gauge("updraft_certificate_days_left", "Days until the TLS certificate ends.", renewal::daysLeft);
        }
        port = web.port();
    }

    private static Tls loaded(TlsFiles files) {
        try {
            return files.load();
        } catch (IllegalArgumentException e) {
            throw new CannotStart(String.valueOf(e.getMessage()), e);
        }
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.push(part);
        return part;
    }

    private static Path writable(Path data) {
        try {
            Files.createDirectories(data);
            Files.delete(Files.createTempFile(data, "writable", null));
            return data;
        } catch (IOException e) {
            throw new CannotStart(
                    "The data directory '" + data + "' cannot be written; choose another with --data.", e);
        }
    }

    private Database opened(ServerConfig config, Path data) {
        try {
            return part(Database.open(config.database(), data));
        } catch (IllegalArgumentException e) {
            throw new CannotStart(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            Throwable root = e;
            // The database's own words; beneath them is only what the network said, without the host.
            while (root.getCause() != null
                    && !(root instanceof SQLException && !(root.getCause() instanceof SQLException))) {
                root = root.getCause();
            }
            String where = config.database() == null ? "in '" + data + "'" : "of --db";
            throw new CannotStart(
                    "The database " + where + " cannot be opened: "
                            + String.valueOf(root.getMessage())
                                    .lines()
                                    .findFirst()
                                    .orElse("")
                                    .replaceFirst("\\.$", "") + ".",
                    e);
        }
    }

    private Artifacts artifacts(ServerConfig config, Path data) {
        try {
            return part(artifacts(config.artifacts(), data));
        } catch (IllegalArgumentException e) {
            throw new CannotStart(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Where images are kept.
     *
     * @param where {@code s3://…}; null = in {@code data}
     * @throws IllegalArgumentException with a sentence, if that is no place
     */
    public static Artifacts artifacts(@Nullable String where, Path data) throws IOException {
        return where == null
                ? new Directory(data.resolve("artifacts"))
                : new S3(where, data.resolve("artifact-copies"), LARGEST_ARTIFACT_COPIES);
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    /** True if the database lost what this process wrote: it serves nothing any more and is to be started anew. */
    public boolean mustRestart() {
        Database open = database;
        return open != null && open.changes().wentBack();
    }

    /** What operators may ask for, and who may. */
    public List<Routes.Route> routes() {
        return routes;
    }

    /** The token that the first start of all made, while the file {@code admin-token} in the data directory holds it; else null. */
    public @Nullable String adminToken() {
        return adminToken;
    }

    /**
     * The path of a link to the console that logs in once, as the first admin, within ten minutes; for whoever sits at this computer.
     *
     * @return without log-in if there is no {@link #adminToken}
     */
    public String consolePath() {
        return adminToken == null || sessions == null
                ? "/console"
                : "/console/enter?code=" + sessions.invite(adminToken);
    }

    /** Stops taking requests, finishes those under way, writes what is waiting. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                LOG.log(Level.WARNING, "a part of the server did not close cleanly", e);
            }
        }
    }
}
