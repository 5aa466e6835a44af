package dev.updraft.server.hawkbit.management;

import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.http.Page;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Updraft's own tags, which hawkBit gives a number, a colour and a description. */
final class TargetTags implements TagApi.Tagged {
    private final Fleet fleet;
    private final TargetListing listing;

    TargetTags(ApiContext parts) {
        this.fleet = parts.fleet();
        this.listing = new TargetListing(parts);
    }

    @Override
    public void send(ServerRequest request, ServerResponse response, TagStore.Tag tag) {
        listing.send(request, response, device -> device.tags().contains(tag.name()));
    }

    @Override
    public void set(long tenant, TagStore.Tag tag, List<String> named, boolean has) {
        List<Device> devices = named.stream().map(id -> fleet.get(tenant, id)).toList();
        devices.forEach(device -> replace(device, has ? null : tag.name(), has ? tag.name() : null));
    }

    @Override
    public void renamed(long tenant, TagStore.Tag from, @Nullable String to) {
        List<Device> tagged = Page.scan(() -> fleet.all(tenant).stream()
                .filter(device -> device.tags().contains(from.name()))
                .toList());
        tagged.forEach(device -> replace(device, from.name(), to));
    }

    private void replace(Device device, @Nullable String gone, @Nullable String come) {
        fleet.exclusively(device, () -> {
            List<String> tags = new ArrayList<>(device.tags());
            boolean changes = gone != null && tags.remove(gone);
            if (come != null && !tags.contains(come)) {
                tags.add(come);
                changes = true;
            }
            if (changes) {
                fleet.tag(device, tags);
            }
        });
    }
}
