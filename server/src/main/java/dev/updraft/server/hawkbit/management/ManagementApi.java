package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Operators;
import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.artifact.Download;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.hawkbit.ddi.Hawkbit;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.Rollouts;
import dev.updraft.server.store.Database;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;

/** {@code /rest/v1}: docs/reference/hawkbit-management.md. */
public final class ManagementApi implements HttpService {
    private final ApiContext parts;

    public ManagementApi(
            Database database,
            Operators operators,
            Fleet fleet,
            Releases releases,
            Rollouts rollouts,
            DeviceUpdates updates,
            Artifacts artifacts,
            Download download,
            Hawkbit hawkbit) {
        Software software = new Software(database);
        this.parts = new ApiContext(
                database,
                operators,
                fleet,
                releases,
                rollouts,
                updates,
                artifacts,
                download,
                hawkbit,
                software,
                new Distributions(database, software, releases, rollouts));
    }

    @Override
    public void routing(HttpRules rules) {
        rules.register("/", new ActionApi(parts))
                .register("/targets", new TargetApi(parts))
                .register("/targettags", new TagApi(parts))
                .register("/softwaremodules", new ModuleApi(parts))
                .register("/distributionsets", new DistributionApi(parts))
                .register("/rollouts", new RolloutsApi(parts))
                .register("/", new SystemApi(parts));
    }
}
