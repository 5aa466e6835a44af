package dev.updraft.rehearsal.referee;

/**
 * What has happened to one device so far, as the referee knows it; a value. What was begun and not done may be there at the next start
 * or not, if the power went meanwhile.
 *
 * @param requestBegun the application began to record "install the new image"
 * @param requestDone that record stood
 * @param confirmBegun the application began to record "the new image works"
 * @param startsOnTrial of the new image, unconfirmed
 * @param takenBack the old image was started after the new one
 * @param counter the highest security counter that was seen
 * @param cuts how often the power went
 */
public record DeviceHistory(
        boolean requestBegun,
        boolean requestDone,
        boolean confirmBegun,
        boolean confirmDone,
        int startsOnTrial,
        boolean takenBack,
        long counter,
        int cuts) {
    public static final DeviceHistory FRESH = new DeviceHistory(false, false, false, false, 0, false, 0, 0);

    public DeviceHistory requestBegins() {
        return new DeviceHistory(true, requestDone, confirmBegun, confirmDone, startsOnTrial, takenBack, counter, cuts);
    }

    public DeviceHistory requestStands() {
        return new DeviceHistory(true, true, confirmBegun, confirmDone, startsOnTrial, takenBack, counter, cuts);
    }

    public DeviceHistory confirmBegins() {
        return new DeviceHistory(requestBegun, requestDone, true, confirmDone, startsOnTrial, takenBack, counter, cuts);
    }

    public DeviceHistory confirmStands() {
        return new DeviceHistory(requestBegun, requestDone, true, true, startsOnTrial, takenBack, counter, cuts);
    }

    public DeviceHistory cut() {
        return new DeviceHistory(
                requestBegun, requestDone, confirmBegun, confirmDone, startsOnTrial, takenBack, counter, cuts + 1);
    }

    DeviceHistory startedOnTrial() {
        return new DeviceHistory(
                requestBegun, requestDone, confirmBegun, confirmDone, startsOnTrial + 1, takenBack, counter, cuts);
    }

    DeviceHistory tookBack() {
        return new DeviceHistory(
                requestBegun, requestDone, confirmBegun, confirmDone, startsOnTrial, true, counter, cuts);
    }

    DeviceHistory sawCounter(long seen) {
        return new DeviceHistory(
                requestBegun,
                requestDone,
                confirmBegun,
                confirmDone,
                startsOnTrial,
                takenBack,
                Math.max(counter, seen),
                cuts);
    }
}
