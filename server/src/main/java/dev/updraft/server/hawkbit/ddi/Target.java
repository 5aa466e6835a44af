package dev.updraft.server.hawkbit.ddi;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What hawkBit knows of a device beyond what Updraft does.
 *
 * @param token only where hawkBit's Management API must be able to show it again
 * @param attributesWanted true while the device is asked for its attributes
 * @param installed key of the action that it finished last; 0 = none
 * @param installedAt when that was
 * @param autoConfirm who agreed to every update to come; null = nobody
 * @param address a URL: as an operator gave it, or where the device came from last
 * @param group such as {@code Europe/East}
 * @param type key of its type
 * @param creator who registered it here; empty = itself
 * @param changed milliseconds since 1970; 0 = never
 */
public record Target(
        long device,
        @Nullable String name,
        @Nullable String description,
        @Nullable String token,
        boolean attributesWanted,
        long installed,
        long installedAt,
        @Nullable AutoConfirm autoConfirm,
        @Nullable String address,
        @Nullable String group,
        @Nullable Long type,
        String creator,
        String changer,
        long changed) {

    /** @param activatedAt milliseconds since 1970 */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record AutoConfirm(
            @Nullable String initiator, @Nullable String remark, long activatedAt) {}

    /** Of a device that hawkBit has not heard of. */
    static Target unknown(long device) {
        return new Target(device, null, null, null, true, 0, 0, null, null, null, null, "", "", 0);
    }

    /** The host of {@link #address}; null if there is none. */
    public @Nullable String host() {
        if (address == null) {
            return null;
        }
        try {
            return URI.create(address).getHost();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    public Target wanting(boolean attributes) {
        return new Target(
                device,
                name,
                description,
                token,
                attributes,
                installed,
                installedAt,
                autoConfirm,
                address,
                group,
                type,
                creator,
                changer,
                changed);
    }

    public Target finished(long action) {
        return new Target(
                device,
                name,
                description,
                token,
                true,
                action,
                System.currentTimeMillis(),
                autoConfirm,
                address,
                group,
                type,
                creator,
                changer,
                changed);
    }

    public Target confirming(@Nullable AutoConfirm by) {
        return new Target(
                device,
                name,
                description,
                token,
                attributesWanted,
                installed,
                installedAt,
                by,
                address,
                group,
                type,
                creator,
                changer,
                changed);
    }

    public Target described(@Nullable String newName, @Nullable String newDescription) {
        return new Target(
                device,
                newName,
                newDescription,
                token,
                attributesWanted,
                installed,
                installedAt,
                autoConfirm,
                address,
                group,
                type,
                creator,
                changer,
                changed);
    }

    public Target holding(String newToken) {
        return new Target(
                device,
                name,
                description,
                newToken,
                attributesWanted,
                installed,
                installedAt,
                autoConfirm,
                address,
                group,
                type,
                creator,
                changer,
                changed);
    }

    public Target at(@Nullable String newAddress) {
        return new Target(
                device,
                name,
                description,
                token,
                attributesWanted,
                installed,
                installedAt,
                autoConfirm,
                newAddress,
                group,
                type,
                creator,
                changer,
                changed);
    }

    public Target in(@Nullable String newGroup) {
        return new Target(
                device,
                name,
                description,
                token,
                attributesWanted,
                installed,
                installedAt,
                autoConfirm,
                address,
                newGroup,
                type,
                creator,
                changer,
                changed);
    }

    public Target of(@Nullable Long newType) {
        return new Target(
                device,
                name,
                description,
                token,
                attributesWanted,
                installed,
                installedAt,
                autoConfirm,
                address,
                group,
                newType,
                creator,
                changer,
                changed);
    }

    public Target madeBy(String who) {
        return new Target(
                device,
                name,
                description,
                token,
                attributesWanted,
                installed,
                installedAt,
                autoConfirm,
                address,
                group,
                type,
                who,
                changer,
                changed);
    }

    public Target changedBy(String who) {
        return new Target(
                device,
                name,
                description,
                token,
                attributesWanted,
                installed,
                installedAt,
                autoConfirm,
                address,
                group,
                type,
                creator,
                who,
                System.currentTimeMillis());
    }
}
