package dev.updraft.server.hawkbit.ddi;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where requests come from: what a reverse proxy of ours says of it, and nobody else. */
final class Addresses {
    private static final String SCHEME = "http://";
    private static final int LONGEST = 64;

    private final Set<String> proxies;

    Addresses(Set<InetAddress> proxies) {
        this.proxies = proxies.stream().map(InetAddress::getHostAddress).collect(Collectors.toSet());
    }

    String of(ServerRequest request) {
        String peer = request.remotePeer().address() instanceof InetSocketAddress socket && socket.getAddress() != null
                ? socket.getAddress().getHostAddress()
                : request.remotePeer().host();
        if (!proxies.isEmpty() && proxies.contains(peer)) {
            String[] all = String.join(
                            ",",
                            request.headers().contains(HeaderNames.X_FORWARDED_FOR)
                                    ? request.headers().values(HeaderNames.X_FORWARDED_FOR)
                                    : java.util.List.of())
                    .split(",");
            // Each proxy adds the one it was called by: the last that is none of ours is the device.
            for (int i = all.length - 1; i >= 0; i--) {
                String one = all[i].strip();
                if (one.matches("[0-9A-Fa-f.:]{2," + LONGEST + "}") && !proxies.contains(one)) {
                    return one;
                }
            }
        }
        return peer;
    }

    /** As hawkBit keeps it. */
    static String url(String host) {
        return SCHEME + (host.indexOf(':') < 0 ? host : "[" + host + "]");
    }

    /** {@link #url} of {@code host} is {@code address}; without making a text of it, for every poll asks this. */
    static boolean isOf(@Nullable String address, String host) {
        int bracket = host.indexOf(':') < 0 ? 0 : 1;
        return address != null
                && address.length() == SCHEME.length() + host.length() + 2 * bracket
                && address.startsWith(SCHEME)
                && address.startsWith(host, SCHEME.length() + bracket);
    }
}
