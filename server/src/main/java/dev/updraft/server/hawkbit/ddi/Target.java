package dev.updraft.server.hawkbit.ddi;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What hawkBit knows of a device beyond what Updraft does.
 *
 * @param token only where hawkBit's Management API must be able to show it again
 * @param attributesWanted true while the device is asked for its attributes
 * @param installed key of the action that it finished last; 0 = none
 * @param autoConfirm who agreed to every update to come; null = nobody
 */
public record Target(
        long device,
        @Nullable String name,
        @Nullable String description,
        @Nullable String token,
        boolean attributesWanted,
        long installed,
        @Nullable AutoConfirm autoConfirm) {

    /** @param activatedAt milliseconds since 1970 */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record AutoConfirm(
            @Nullable String initiator, @Nullable String remark, long activatedAt) {}

    /** Of a device that hawkBit has not heard of. */
    static Target unknown(long device) {
        return new Target(device, null, null, null, true, 0, null);
    }

    public Target wanting(boolean attributes) {
        return new Target(device, name, description, token, attributes, installed, autoConfirm);
    }

    Target finished(long action) {
        return new Target(device, name, description, token, true, action, autoConfirm);
    }

    public Target confirming(@Nullable AutoConfirm by) {
        return new Target(device, name, description, token, attributesWanted, installed, by);
    }

    public Target described(@Nullable String newName, @Nullable String newDescription) {
        return new Target(device, newName, newDescription, token, attributesWanted, installed, autoConfirm);
    }

    public Target holding(String newToken) {
        return new Target(device, name, description, newToken, attributesWanted, installed, autoConfirm);
    }
}
