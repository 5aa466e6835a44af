package dev.updraft.server.release;

/** What follows for the fleet when a release changes; rollouts implement it, of which releases know nothing else. */
public interface Publication {
    /** Fixes a release so that rollouts can offer it. */
    Release publish(long tenant, long release);

    /** {@link #publish}, and a rollout to every device of its boards if there is none yet. */
    Release publishToEveryone(long tenant, long release, String creator);

    /** Takes a release back: no device is offered it from now on. */
    Release withdraw(long tenant, long release);

    /** Takes in that {@code release} was rehearsed: starts what waited for that, and pauses what it speaks against. */
    void rehearsed(Release release);
}
