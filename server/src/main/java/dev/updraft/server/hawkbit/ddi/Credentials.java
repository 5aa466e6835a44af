package dev.updraft.server.hawkbit.ddi;

import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Secret;
import dev.updraft.server.enrolment.ClientCertificates;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code Authorization: TargetToken …} and {@code Authorization: GatewayToken …}; the words are case-sensitive, as in hawkBit. Without
 * either, a certificate: one that this server has seen itself, or one that a proxy vouches for.
 */
final class Credentials {
    private static final String TARGET = "TargetToken ";
    private static final String GATEWAY = "GatewayToken ";

    private final Database database;
    private final Operators operators;
    private final Fleet fleet;
    private final Settings settings;
    private final ClientCertificates certificates;
    private final ProxyHeaders proxy;
    private final Map<String, Long> tenants = new ConcurrentHashMap<>();

    Credentials(
            Database database,
            Operators operators,
            Fleet fleet,
            Settings settings,
            ClientCertificates certificates,
            ProxyHeaders proxy) {
        this.database = database;
        this.operators = operators;
        this.fleet = fleet;
        this.settings = settings;
        this.certificates = certificates;
        this.proxy = proxy;
    }

    /**
     * The device that the path names, if the request may speak for it. A gateway's token and a certificate register one that is not known
     * yet.
     *
     * @throws Problem 401, the same whatever is wrong: nobody learns which tenants and devices there are
     */
    Device device(ServerRequest request) {
        String id = request.path().pathParameters().get("id");
        String header = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        Long tenant = tenant(request.path().pathParameters().get("tenant"));
        if (tenant == null) {
            throw refused();
        }
        if (ClientCertificates.isShown(request)) {
            return certificates.owner(request, tenant, id);
        }
        if (proxy.prove(request, tenant, id)) {
            return registered(tenant, id);
        }
        if (header.startsWith(TARGET) && settings.flag(tenant, Settings.TARGET_TOKEN)) {
            Device device = find(tenant, id);
            Secret shown = Secret.of(header.substring(TARGET.length()).strip());
            if (device != null && device.secret().equals(shown)) {
                return device;
            }
        } else if (header.startsWith(GATEWAY) && settings.flag(tenant, Settings.GATEWAY_TOKEN)) {
            String key = settings.text(tenant, Settings.GATEWAY_KEY);
            Secret shown = Secret.of(header.substring(GATEWAY.length()).strip());
            if (!key.isEmpty() && Secret.of(key).equals(shown)) {
                return registered(tenant, id);
            }
        }
        throw refused();
    }

    private @Nullable Device find(long tenant, String id) {
        Device device = fleet.find(tenant, id);
        if (device == null) {
            // Another process may have registered it a moment ago.
            database.changes().catchUp();
            device = fleet.find(tenant, id);
        }
        return device;
    }

    private Device registered(long tenant, String id) {
        Device device = find(tenant, id);
        if (device != null) {
            return device;
        }
        try {
            return fleet.enrol(tenant, id).device();
        } catch (Problem taken) {
            // By its own other request, a moment ago; anything else that is wrong with it stays so.
            device = find(tenant, id);
            if (device == null) {
                throw taken;
            }
            return device;
        }
    }

    private @Nullable Long tenant(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        Long known = tenants.get(key);
        if (known == null) {
            known = operators.tenant(name);
            if (known != null) {
                tenants.put(key, known);
            }
        }
        return known;
    }

    private static Problem refused() {
        return Problem.unauthorized(
                "Show the device's own token as 'Authorization: TargetToken TOKEN', or the tenant's as"
                        + " 'Authorization: GatewayToken TOKEN'.");
    }
}
