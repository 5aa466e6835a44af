package dev.updraft.gateway.smp;

import java.time.Duration;

/**
 * How long to wait.
 *
 * @param greeting for a device that may not be there
 * @param answer for an answer that takes no work, or the erase of a sector
 * @param slowAnswer for one that may take a sum over a whole image
 * @param firstAnswer for the first one of an upload: servers erase all of staging before it, or copy aside what they have
 * @param soon between two looks while something is about to happen
 * @param later before something that was refused for a reason of the moment is tried again
 * @param look between two looks at a device that has nothing to do: it may be exchanged for another
 * @param checkIn least time between two check-ins of a device, whatever the server says
 */
public record Patience(
        Duration greeting,
        Duration answer,
        Duration slowAnswer,
        Duration firstAnswer,
        Duration soon,
        Duration later,
        Duration look,
        Duration checkIn) {
    public static final Patience USUAL = seconds(3, 6, 20, 60, 1, 60, 10, 5);

    private static Patience seconds(int... each) {
        Duration[] all = new Duration[each.length];
        for (int i = 0; i < each.length; i++) {
            all[i] = Duration.ofSeconds(each[i]);
        }
        return new Patience(all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7]);
    }

    /** All of it {@code times} shorter, for devices whose clock runs that much faster. */
    public Patience shorter(int times) {
        return new Patience(
                greeting.dividedBy(times),
                answer.dividedBy(times),
                slowAnswer.dividedBy(times),
                firstAnswer.dividedBy(times),
                soon.dividedBy(times),
                later.dividedBy(times),
                look.dividedBy(times),
                checkIn.dividedBy(times));
    }
}
