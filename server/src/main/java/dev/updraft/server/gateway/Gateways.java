package dev.updraft.server.gateway;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.Operators;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.http.Problem;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tokens of the scope {@code gateway}, which act for devices of their tenant as those themselves would with their own. */
public final class Gateways {
    private final Operators operators;
    private final Fleet fleet;

    public Gateways(Operators operators, Fleet fleet) {
        this.operators = operators;
        this.fleet = fleet;
    }

    /**
     * A device that a gateway speaks for.
     *
     * @param gateway the name of its token
     */
    public record Carried(Device device, String gateway) {}

    /**
     * The device {@code id}, if {@code token} is a gateway's.
     *
     * @return null if the token is no gateway's
     * @throws Problem 403 if there is no such device, or it is pinned to another gateway
     */
    public @Nullable Carried find(String token, String id) {
        Caller gateway = operators.gateway(token);
        if (gateway == null) {
            return null;
        }
        Device device = fleet.find(gateway.tenant(), id);
        if (device == null) {
            throw Problem.forbidden("There is no device '" + id + "' that the gateway '" + gateway.name()
                    + "' could act for; register it first.");
        }
        String pinned = device.gateway();
        if (pinned != null && !Objects.equals(pinned, gateway.name())) {
            throw Problem.forbidden(
                    "The device '" + id + "' is pinned to another gateway than '" + gateway.name() + "'.");
        }
        return new Carried(device, gateway.name());
    }
}
