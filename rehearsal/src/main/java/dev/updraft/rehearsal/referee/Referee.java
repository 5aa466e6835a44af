package dev.updraft.rehearsal.referee;

import dev.updraft.emulator.flash.FlashArray;
import dev.updraft.rehearsal.device.BootStateRecord;
import dev.updraft.rehearsal.device.Delivery;
import dev.updraft.rehearsal.device.FlashMap;
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
    private final Delivery delivery;
    private final byte[] update;
    private final int startsAllowed;

    /** @param startsAllowed starts on trial before the old image comes back */
    public Referee(
            FlashMap map, RehearsedImage oldImage, RehearsedImage newImage, Delivery delivery, int startsAllowed) {
        this.map = map;
        this.oldImage = oldImage;
        this.newImage = newImage;
        this.delivery = delivery;
        update = delivery.update().bytes().toArray();
        this.startsAllowed = startsAllowed;
    }

    /** Which image stands whole and stable in the running slot. */
    public @Nullable RehearsedImage inSlot(FlashArray flash) {
        if (stands(flash, oldImage.bytes(), map.running().start())) {
            return oldImage;
        }
        return stands(flash, newImage.bytes(), map.running().start()) ? newImage : null;
    }

    private static boolean stands(FlashArray flash, byte[] content, int start) {
        return stands(flash, content, 0, content.length, start);
    }

    private static boolean stands(FlashArray flash, byte[] content, int from, int to, int start) {
        return Arrays.equals(flash.bytes(), start + from, start + to, content, from, to)
                && !flash.isUnstable(start + from, start + to);
    }

    /** Each step stands in the running slot, or as it waits or is kept in the other one. */
    private boolean standsInEither(FlashArray flash, byte[] inSlot, byte[] elsewhere, int start) {
        for (int from = 0; from < inSlot.length; from += map.step()) {
            int to = Math.min(inSlot.length, from + map.step());
            if (!stands(flash, inSlot, from, to, map.running().start()) && !stands(flash, elsewhere, from, to, start)) {
                return false;
            }
        }
        return true;
    }

    private boolean oldImageStands(FlashArray flash) {
        return delivery.keepsOldOutside()
                || standsInEither(flash, oldImage.bytes(), oldImage.bytes(), delivery.kept(map, oldImage.size()));
    }

    private boolean newImageStands(FlashArray flash) {
        if (delivery.staging().isOutside()) {
            return true;
        }
        return delivery.stays()
                ? stands(flash, update, map.staged())
                : standsInEither(flash, newImage.bytes(), update, map.staged());
    }

    /** Whether the bootloader and the agent may write there during this update. */
    public boolean mayChange(int offset, int length) {
        return map.running().contains(offset, length)
                || map.isLog(offset, length)
                || !delivery.keepsOldOutside() && map.staging().contains(offset, length);
    }

    /**
     * The bootloader jumped into the running slot.
     *
     * @param silent the medium outside the chip did not answer in this boot: what failed its trial may then be all that there is
     */
    public @Nullable String started(
            @Nullable RehearsedImage image,
            BootStateRecord log,
            DeviceHistory before,
            boolean watchdog,
            boolean silent) {
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
        if (silent && delivery.keepsOldOutside() && before.startsOnTrial() >= startsAllowed) {
            return null;
        }
        boolean onTrial = log.phase() == BootStateRecord.Phase.TRIAL;
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
    public DeviceHistory after(@Nullable RehearsedImage started, BootStateRecord log, DeviceHistory before) {
        DeviceHistory seen = before.sawCounter(log.counter());
        if (oldImage.equals(started)) {
            return seen.startsOnTrial() > 0 || log.outcomeIsOf(newImage.digest()) && log.isOutcomeFinal()
                    ? seen.tookBack()
                    : seen;
        }
        return log.phase() == BootStateRecord.Phase.TRIAL ? seen.startedOnTrial() : seen;
    }

    /** The power is off: whatever may still be needed stands whole. */
    public @Nullable String powerOff(FlashArray flash, DeviceHistory course) {
        if (course.confirmDone()) {
            return stands(flash, newImage.bytes(), map.running().start()) ? null : "the confirmed image was damaged";
        }
        if (!oldImageStands(flash)) {
            return "the fallback was lost before the new image was confirmed";
        }
        return course.requestDone() && !mayBeTakenBack(course) && !newImageStands(flash)
                ? "the new image was lost before it could prove itself"
                : null;
    }

    /** A start on trial is recorded before the jump, so each cut may have used one up that never came to run. */
    private boolean mayBeTakenBack(DeviceHistory course) {
        return course.takenBack() || !course.confirmDone() && course.startsOnTrial() + course.cuts() >= startsAllowed;
    }

    /** All is quiet. */
    public @Nullable String ended(RehearsedImage runs, BootStateRecord log, DeviceHistory course, boolean confirms) {
        if (!confirms) {
            if (!runs.equals(oldImage)) {
                return "the new image stayed, and nobody had confirmed it";
            }
            return log.outcome() == BootStateRecord.Event.ROLLED_BACK
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
