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

/** What the endpoints of the Management API are made of. */
record ApiContext(
        Database database,
        Operators operators,
        Fleet fleet,
        Releases releases,
        Rollouts rollouts,
        DeviceUpdates updates,
        Artifacts artifacts,
        Download download,
        Hawkbit hawkbit,
        Types types,
        Software software,
        Distributions distributions,
        TagStore targetTags,
        AutoAssignments autoAssignments,
        TargetFilters targetFilters) {}
