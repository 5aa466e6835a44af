package dev.updraft.server.enrolment;

import dev.updraft.server.access.Operators;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.http.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.security.cert.X509Certificate;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * Devices that are known by a certificate of the operator's authority (the server's option {@code --client-ca}). The common name of its
 * subject is the device's id; an organization (O) that names a tenant puts it there, else it belongs to the first tenant.
 */
public final class ClientCertificates {
    private final Fleet fleet;
    private final Operators operators;

    public ClientCertificates(Fleet fleet, Operators operators) {
        this.fleet = fleet;
        this.operators = operators;
    }

    private record Identity(long tenant, String id) {}

    /** True if the request shows a certificate and no token. */
    public static boolean isShown(ServerRequest request) {
        return !request.headers().contains(HeaderNames.AUTHORIZATION)
                && request.remotePeer().tlsCertificates().isPresent();
    }

    /** The device whose certificate the request shows; null if it is not registered. */
    public @Nullable Device holder(ServerRequest request) {
        Identity identity = identity(request);
        return identity == null ? null : fleet.find(identity.tenant(), identity.id());
    }

    /**
     * Registers the device that the certificate names, unless it is, and gives it a new token: who holds the certificate is the device.
     *
     * @throws Problem 401 if {@code id} is not the one of the certificate, 403 if it was removed for ever
     */
    public String enrol(ServerRequest request, String id) {
        Identity identity = identity(request);
        if (identity == null || !identity.id().equals(id)) {
            throw Problem.unauthorized("The client certificate is not the one of device '" + id
                    + "': the common name of its subject must be the device's id.");
        }
        Device device = fleet.find(identity.tenant(), id);
        return device == null ? fleet.enrol(identity.tenant(), id).token() : fleet.renewToken(device);
    }

    /**
     * Device {@code id} if the certificate is its own; registers it if it is not known yet.
     *
     * @throws Problem 401 if the certificate is another's, 403 if the device was removed for ever
     */
    public Device owner(ServerRequest request, long tenant, String id) {
        Identity identity = identity(request);
        if (identity == null || identity.tenant() != tenant || !identity.id().equals(id)) {
            throw Problem.unauthorized("The client certificate is not the one of device '" + id + "'.");
        }
        Device device = fleet.find(tenant, id);
        return device == null ? fleet.enrol(tenant, id).device() : device;
    }

    private @Nullable Identity identity(ServerRequest request) {
        // The chain was verified in the handshake: the first certificate is the peer's own.
        X509Certificate own = request.remotePeer()
                .tlsCertificates()
                .filter(chain -> chain.length > 0)
                .map(chain -> (X509Certificate) chain[0])
                .orElse(null);
        if (own == null) {
            return null;
        }
        String id = null;
        String organization = null;
        for (Rdn part : subject(own).getRdns()) {
            switch (part.getType().toUpperCase(Locale.ROOT)) {
                case "CN" -> id = String.valueOf(part.getValue());
                case "O" -> organization = String.valueOf(part.getValue());
                default -> {}
            }
        }
        Long tenant = organization == null ? null : operators.tenant(organization);
        return id == null ? null : new Identity(tenant == null ? Operators.FIRST_TENANT : tenant, id);
    }

    private static LdapName subject(X509Certificate certificate) {
        try {
            return new LdapName(certificate.getSubjectX500Principal().getName());
        } catch (InvalidNameException e) {
            throw Problem.unauthorized("The subject of the client certificate cannot be read.");
        }
    }
}
