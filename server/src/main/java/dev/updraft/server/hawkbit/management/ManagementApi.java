package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Routes;
import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.artifact.Download;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.hawkbit.ddi.Hawkbit;
import dev.updraft.server.hawkbit.ddi.InstalledSets;
import dev.updraft.server.hawkbit.ddi.Metadata;
import dev.updraft.server.http.Problem;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.Rollouts;
import dev.updraft.server.store.Database;
import io.helidon.webserver.http.ServerRequest;

/** {@code /rest/v1}: docs/reference/hawkbit-management.md. */
public final class ManagementApi implements OperatorApi, InstalledSets, AutoCloseable {
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
        Types types = new Types(database);
        Software software = new Software(database, types);
        Distributions distributions = new Distributions(database, software, types, releases, rollouts);
        AutoAssignments autoAssignments = new AutoAssignments(database, fleet, updates, distributions);
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
                types,
                software,
                distributions,
                new TagStore(database, "target_tag", "target tag"),
                autoAssignments,
                new TargetFilters(database, autoAssignments));
    }

    /** Begins what is done without being asked. */
    public void start() {
        parts.autoAssignments().start(parts);
    }

    @Override
    public void routes(Routes routes) {
        Metadata metadata = parts.hawkbit().metadata();
        TagStore setTags = new TagStore(parts.database(), "distribution_set_tag", "distribution set tag");
        routes.add("", new ActionApi(parts))
                .add("/targets", new TargetApi(parts))
                .add("/targets", new MetadataApi(metadata, Metadata.Of.TARGET, this::target))
                .add("/targettags", new TagApi(parts.targetTags(), "targettags", new TargetTags(parts)))
                .add("/targettypes", new TypeApi(parts, Types.Kind.TARGET))
                .add("/targetgroups", new GroupsApi(parts))
                .add("/targetfilters", new FilterApi(parts))
                .add("/autoassignments", new AutoAssignmentApi(parts))
                .add("/softwaremodules", new ModuleApi(parts))
                .add("/softwaremodules", new MetadataApi(metadata, Metadata.Of.MODULE, this::module))
                .add("/softwaremoduletypes", new TypeApi(parts, Types.Kind.MODULE))
                .add("/distributionsets", new DistributionApi(parts))
                .add("/distributionsets", new MetadataApi(metadata, Metadata.Of.SET, this::set))
                .add("/distributionsettypes", new TypeApi(parts, Types.Kind.SET))
                .add("/distributionsettags", new TagApi(setTags, "distributionsettags", new SetTags(parts)))
                .add("/rollouts", new RolloutsApi(parts))
                .add("", new SystemApi(parts));
    }

    private long target(ServerRequest request) {
        return parts.fleet()
                .get(Caller.of(request).tenant(), RequestBody.id(request))
                .key();
    }

    private long module(ServerRequest request) {
        return parts.software()
                .known(Caller.of(request).tenant(), RequestBody.key(request, "id"))
                .key();
    }

    private long set(ServerRequest request) {
        return parts.distributions()
                .known(Caller.of(request).tenant(), RequestBody.key(request, "id"))
                .key();
    }

    @Override
    public boolean installed(Device device, String name, String version) {
        Distributions.Distribution set = parts.distributions().named(device.tenant(), name, version);
        if (set == null) {
            throw Problem.notFound("There is no distribution set '" + name + "' of version " + version + ".");
        }
        Release release = parts.distributions().fix(set);
        return new Assignment(parts).record(device, release, device.id()) != null;
    }

    @Override
    public void close() {
        parts.autoAssignments().close();
    }
}
