package dev.updraft.server.hawkbit.ddi;

import io.helidon.http.Header;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * hawkBit's header authentication: a reverse proxy has checked the device's certificate and says in headers whose it was and who issued
 * it. It is believed only where the operator has named the proxy's address (the server's option {@code --proxy}) and the tenant has switched
 * it on; the proxy must overwrite these headers in what comes from outside.
 */
final class ProxyHeaders {
    /** The device's id; the second name is the one before hawkBit 1.0. */
    private static final List<String> ID = List.of("x-controller-id", "x-ssl-client-cn");

    /** Who issued the certificate, bare or with a dash and a number behind it, one header for each authority of the chain. */
    private static final List<String> AUTHORITY = List.of("x-authority", "x-ssl-issuer-hash");

    private final Set<InetAddress> proxies;
    private final Settings settings;

    ProxyHeaders(Set<InetAddress> proxies, Settings settings) {
        this.proxies = proxies;
        this.settings = settings;
    }

    /** True if a proxy vouches that the request is of device {@code id}. */
    boolean prove(ServerRequest request, long tenant, String id) {
        if (proxies.isEmpty() || !settings.flag(tenant, Settings.HEADER) || !isFromProxy(request)) {
            return false;
        }
        List<String> authorities = Arrays.stream(
                        settings.text(tenant, Settings.HEADER_AUTHORITY).split("[;,]"))
                .map(String::strip)
                .filter(authority -> !authority.isEmpty())
                .toList();
        boolean named = false;
        boolean issued = false;
        for (Header header : request.headers()) {
            String name = header.name().toLowerCase(Locale.ROOT);
            if (ID.contains(name)) {
                if (!header.get().equals(id)) {
                    return false;
                }
                named = true;
            } else if (AUTHORITY.contains(name.replaceFirst("-\\d{1,3}$", ""))) {
                issued |= authorities.stream().anyMatch(header.get().strip()::equalsIgnoreCase);
            }
        }
        return named && issued;
    }

    private boolean isFromProxy(ServerRequest request) {
        return request.remotePeer().address() instanceof InetSocketAddress peer && proxies.contains(peer.getAddress());
    }
}
