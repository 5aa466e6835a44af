package dev.updraft.server.rollout;

/**
 * One attempt at an update, open or long over.
 *
 * @param initiator who asked for it; empty = a rollout
 * @param current false if a later attempt at the same image has taken its place
 */
public record Action(long device, Update update, String initiator, boolean current) {
    public long key() {
        return update.action();
    }
}
