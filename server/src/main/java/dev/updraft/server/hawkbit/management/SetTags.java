package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.store.Database;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tags of distribution sets. */
final class SetTags implements TagApi.Tagged {
    private final Database database;
    private final Distributions distributions;
    private final DistributionViews views;

    SetTags(ApiContext parts) {
        this.database = parts.database();
        this.distributions = parts.distributions();
        this.views = new DistributionViews(parts);
    }

    @Override
    public void send(ServerRequest request, ServerResponse response, TagStore.Tag tag) {
        Links links = Links.of(request);
        HawkbitJson.sendJson(
                response,
                200,
                distributions
                        .rows(" AND s.key IN (SELECT distribution_set FROM distribution_set_tagged WHERE tag = ?)")
                        .page(
                                Listing.of(request),
                                set -> views.of(set, links, false),
                                Caller.of(request).tenant(),
                                tag.key()));
    }

    @Override
    public void set(long tenant, TagStore.Tag tag, List<String> named, boolean has) {
        List<Distributions.Distribution> sets = named.stream()
                .map(name -> {
                    if (!name.matches("\\d{1,18}")) {
                        throw Refusal.NOT_READABLE.of("'" + name + "' must be the number of a set.");
                    }
                    return distributions.get(tenant, Long.parseLong(name));
                })
                .toList();
        database.change(handle -> sets.forEach(set -> handle.execute(
                has
                        ? "INSERT INTO distribution_set_tagged (tag, distribution_set) VALUES (?, ?) ON CONFLICT DO NOTHING"
                        : "DELETE FROM distribution_set_tagged WHERE tag = ? AND distribution_set = ?",
                tag.key(),
                set.key())));
    }

    @Override
    public void renamed(long tenant, TagStore.Tag from, @Nullable String to) {
        // They hold the tag itself, not its name.
    }
}
