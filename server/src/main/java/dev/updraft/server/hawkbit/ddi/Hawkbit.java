package dev.updraft.server.hawkbit.ddi;

import dev.updraft.server.access.Operators;
import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.artifact.Download;
import dev.updraft.server.enrolment.ClientCertificates;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.metric.Meters;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.Actions;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.store.Database;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;

/** What hawkBit's two APIs share. */
public record Hawkbit(
        Settings settings, Targets targets, ActionLog log, Hashes hashes, Actions actions, Metadata metadata) {
    public static Hawkbit on(Database database, Artifacts artifacts, Duration checkInEvery, boolean behindProxy) {
        return new Hawkbit(
                new Settings(database, checkInEvery, behindProxy),
                new Targets(database),
                new ActionLog(database),
                new Hashes(database, artifacts),
                new Actions(database),
                new Metadata(database));
    }

    /** The API that devices speak. */
    public DdiApi ddi(
            Database database,
            Operators operators,
            Fleet fleet,
            Releases releases,
            DeviceUpdates updates,
            ClientCertificates certificates,
            Set<InetAddress> proxies,
            Download download,
            Meters meters,
            InstalledSets installed) {
        return new DdiApi(
                fleet,
                new Credentials(
                        database, operators, fleet, settings, certificates, new ProxyHeaders(proxies, settings)),
                this,
                new DeploymentTranslation(releases, updates, actions, targets, log),
                releases,
                updates,
                download,
                meters,
                new Addresses(proxies),
                installed);
    }
}
