package dev.updraft.server.webhook;

import dev.updraft.server.http.Problem;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Where webhooks may go: not to this machine, nor into the network that it stands in, unless whoever starts the server allows it. A tenant's admin
 * could else have it ask what only it can reach.
 *
 * @param anywhere true if all is allowed
 */
record Targets(boolean anywhere) {
    /** @throws Problem 400 if {@code url} is no address, or one that is not allowed; a name that nobody knows yet is taken */
    void require(String url) {
        URI address;
        try {
            address = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw wrong();
        }
        if (address.getHost() == null
                || address.getUserInfo() != null
                || !List.of("http", "https").contains(address.getScheme())) {
            throw wrong();
        }
        String forbidden = forbidden(address);
        if (!forbidden.isEmpty()) {
            throw Problem.badRequest(forbidden);
        }
    }

    /**
     * Asked before each exchange, as names come to mean other addresses. The connection that follows resolves the name in the same process,
     * from the same cache.
     *
     * @return why {@code url} may not be reached; empty if it may
     */
    String forbidden(URI url) {
        if (anywhere) {
            return "";
        }
        try {
            for (InetAddress address : InetAddress.getAllByName(url.getHost())) {
                if (isInside(address)) {
                    return "'" + url.getHost() + "' is this machine or in a private network; webhooks go there only if"
                            + " the server is started with --webhooks-to-private.";
                }
            }
            return "";
        } catch (UnknownHostException e) {
            return "";
        }
    }

    private static boolean isInside(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean shared = bytes.length == 4 && (bytes[0] & 0xff) == 100 && (bytes[1] & 0xc0) == 64;
        boolean thisNetwork = bytes.length == 4 && bytes[0] == 0;
        boolean local6 = address instanceof Inet6Address && (bytes[0] & 0xfe) == 0xfc;
        return address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isAnyLocalAddress()
                || address.isMulticastAddress()
                || shared
                || thisNetwork
                || local6;
    }

    private static Problem wrong() {
        return Problem.badRequest("A webhook's url is like https://HOST/PATH, without a user in it.");
    }
}
