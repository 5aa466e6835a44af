package dev.updraft.server.rollout;

import dev.updraft.server.http.Problem;
import dev.updraft.server.release.Rehearsals;
import dev.updraft.server.release.Release;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds back what was not rehearsed though its tenant, or the rollout, demands it. What a plan is made of comes through {@link #open}, so no
 * rollout, step on the way to a release, or assignment to one device passes it; {@link #require} says so early, to whoever asks for
 * what would be held.
 */
final class RehearsalGate {
    private final Rehearsals rehearsals;

    RehearsalGate(Rehearsals rehearsals) {
        this.rehearsals = rehearsals;
    }

    /** Those of {@code releases} that may go to devices as far as their tenants are concerned. */
    List<Release> open(Collection<Release> releases) {
        return releases.stream()
                .filter(release -> release.state() != Release.State.PUBLISHED || lacks(release) == null)
                .toList();
    }

    /** What {@code release} lacks that its tenant demands before it goes out to anybody, in a sentence; null if nothing. */
    @Nullable
    String lacks(Release release) {
        return rehearsals.required(release.tenant()) ? rehearsals.lacks(release) : null;
    }

    /** True if a rollout under {@code options} goes nowhere without a rehearsal. */
    boolean holds(Release release, RolloutOptions options) {
        return options.requireRehearsalOr() || rehearsals.required(release.tenant());
    }

    /** {@link #lacks(Release)}, or what a rollout under {@code options} demands. */
    @Nullable
    String lacks(Release release, RolloutOptions options) {
        return holds(release, options) ? rehearsals.lacks(release) : null;
    }

    /** @throws Problem 409 if {@code release} lacks what its tenant demands */
    void require(Release release) {
        require(release, lacks(release));
    }

    /** @throws Problem 409 if {@code release} lacks what its tenant or {@code options} demand */
    void require(Release release, RolloutOptions options) {
        require(release, lacks(release, options));
    }

    /** @throws Problem 409 if {@code tenant} lets nothing out that was not rehearsed: what is made of files never is */
    void requireFiles(long tenant) {
        if (rehearsals.required(tenant)) {
            throw Problem.conflict(
                    "This fleet lets nothing out that was not rehearsed, and no emulated board installs the"
                            + " files of a distribution set: give such devices a tenant of their own.");
        }
    }

    private static void require(Release release, @Nullable String lacks) {
        if (lacks != null) {
            throw Problem.conflict(
                    lacks + " Send what 'updraft rehearse --json' writes with 'updraft release rehearsed "
                            + release.key() + "'.");
        }
    }
}
