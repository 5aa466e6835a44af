package dev.updraft.server.access;

/** What an operator may do; each role may do what the ones before it may. */
public enum Role {
    /** Sees everything, changes nothing. */
    VIEWER,
    /** Registers devices, publishes releases, runs rollouts. */
    OPERATOR,
    /** Also approves rollouts that others have made. */
    APPROVER,
    /** Also gives out tokens. */
    ADMIN;

    public boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }
}
