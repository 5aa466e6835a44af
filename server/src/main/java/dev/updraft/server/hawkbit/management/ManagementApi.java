package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Routes;
import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.artifact.Download;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.hawkbit.ddi.Hawkbit;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.Rollouts;
import dev.updraft.server.store.Database;

/** {@code /rest/v1}: docs/reference/hawkbit-management.md. */
public final class ManagementApi implements OperatorApi {
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
    public void routes(Routes routes) {
        routes.add("", new ActionApi(parts))
                .add("/targets", new TargetApi(parts))
                .add("/targettags", new TagApi(parts))
                .add("/softwaremodules", new ModuleApi(parts))
                .add("/distributionsets", new DistributionApi(parts))
                .add("/rollouts", new RolloutsApi(parts))
                .add("", new SystemApi(parts))
                .add("", new MissingApi());
    }
}
