package dev.updraft.rehearsal.referee;

import dev.updraft.emulator.flash.FlashArray;
import dev.updraft.rehearsal.device.FlashMap;
import dev.updraft.rehearsal.device.LogRecord;
import dev.updraft.rehearsal.device.RehearsedImage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Says what must happen, from docs/design/power-cut-proof.md: looks at the true content of the flash, which no firmware can see, and
 * at what is started. Shares no code with the bootloader. Each question gives null, or a sentence about what is wrong.
 */
public final class Referee {
    private final FlashMap map;
    private final RehearsedImage oldImage;
    private final RehearsedImage newImage;
    private final int startsAllowed;

    /** @param startsAllowed starts on trial before the old image comes back */
    public Referee(FlashMap map, RehearsedImage oldImage, RehearsedImage newImage, int startsAllowed) {
        this.map = map;
        this.oldImage = oldImage;
        this.newImage = newImage;
        this.startsAllowed = startsAllowed;
    }

    /** Which image stands whole and stable in the running slot. */
    public @Nullable RehearsedImage inSlot(FlashArray flash) {
        if (stands(flash, oldImage, 0, oldImage.size(), map.running().start())) {
            return oldImage;
        }
        return stands(flash, newImage, 0, newImage.size(), map.running().start()) ? newImage : null;
    }

    private static boolean stands(FlashArray flash, RehearsedImage image, int from, int to, int start) {
        return Arrays.equals(flash.bytes(), start + from, start + to, image.bytes(), from, to)
                && !flash.isUnstable(start + from, start + to);
    }

    /** Every step of the image stands at its place in one of the two. */
    private boolean standsInEither(FlashArray flash, RehearsedImage image, int one, int other) {
        for (int from = 0; from < image.size(); from += map.step()) {
            int to = Math.min(image.size(), from + map.step());
            if (!stands(flash, image, from, to, one) && !stands(flash, image, from, to, other)) {
                return false;
            }
        }
        return true;
    }

    /** The bootloader jumped into the running slot. */
    public @Nullable String started(@Nullable RehearsedImage image, LogRecord log, Course before, boolean watchdog) {
        if (image == null) {
            return "it started something that is neither image, or an image of which parts are unstable";
        }
        if (log.counter() < before.counter()) {
            return "the security counter fell from " + before.counter() + " to " + log.counter();
        }
        if (oldImage.equals(image)) {
            return before.confirmDone() ? "it started the old image after the new one was confirmed" : null;
        }
        if (before.confirmDone() && log.counter() < newImage.counter()) {
            return "the security counter of the confirmed image does not hold";
        }
        if (!before.requestBegun()) {
            return "it started the new image and nobody had asked for it";
        }
        if (before.takenBack()) {
            return "it started the new image again after it had been taken back";
        }
        if (!before.confirmBegun() && newImage.counter() > oldImage.counter() && log.counter() >= newImage.counter()) {
            return "the security counter rose before the new image was confirmed";
        }
        boolean onTrial = log.phase() == LogRecord.Phase.TRIAL;
        if (!onTrial && !before.confirmBegun()) {
            return "it started the new image as confirmed, and nobody had confirmed it";
        }
        if (onTrial && !watchdog) {
            return "it started the new image on trial without the watchdog";
        }
        return onTrial && before.startsOnTrial() >= startsAllowed
                ? "it started the new image on trial more often than " + startsAllowed + " times"
                : null;
    }

    /** What is known after such a start. */
    public Course after(@Nullable RehearsedImage started, LogRecord log, Course before) {
        Course seen = before.sawCounter(log.counter());
        if (oldImage.equals(started)) {
            return seen.startsOnTrial() > 0 || log.outcomeIsOf(newImage.digest()) ? seen.tookBack() : seen;
        }
        return log.phase() == LogRecord.Phase.TRIAL ? seen.startedOnTrial() : seen;
    }

    /** The power is off: whatever may still be needed stands whole. */
    public @Nullable String powerOff(FlashArray flash, Course course) {
        int running = map.running().start();
        if (course.confirmDone()) {
            return stands(flash, newImage, 0, newImage.size(), running) ? null : "the confirmed image was damaged";
        }
        if (!standsInEither(flash, oldImage, running, map.staging().start())) {
            return "the fallback was lost before the new image was confirmed";
        }
        return course.requestDone()
                        && !mayBeTakenBack(course)
                        && !standsInEither(flash, newImage, running, map.staged())
                ? "the new image was lost before it could prove itself"
                : null;
    }

    /** A start on trial is recorded before the jump, so each cut may have used one up that never came to run. */
    private boolean mayBeTakenBack(Course course) {
        return course.takenBack() || !course.confirmDone() && course.startsOnTrial() + course.cuts() >= startsAllowed;
    }

    /** All is quiet. */
    public @Nullable String ended(RehearsedImage runs, LogRecord log, Course course, boolean confirms) {
        if (!confirms) {
            if (!runs.equals(oldImage)) {
                return "the new image stayed, and nobody had confirmed it";
            }
            return log.outcome() == LogRecord.Event.ROLLED_BACK
                    ? null
                    : "the log does not say that the update was rolled back";
        }
        if (!runs.equals(newImage)) {
            return mayBeTakenBack(course) && course.cuts() > 0
                    ? null
                    : "the power stayed and it did not end on the new image";
        }
        return log.runs(newImage.digest()) ? null : "the new image runs and the log does not say so";
    }
}
