package dev.updraft.cli.factory;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.DeviceSettings;
import dev.updraft.image.Bytes;
import dev.updraft.image.Image;
import dev.updraft.image.InstallCheck;
import dev.updraft.image.TlvType;
import dev.updraft.image.board.Board;
import dev.updraft.image.firmware.Firmware;
import dev.updraft.image.firmware.Format;
import dev.updraft.image.firmware.Segment;
import dev.updraft.rehearsal.device.Bootloader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is programmed into a new device: bootloader, application and settings, each where its board has it.
 *
 * @param bootloader null where only settings are written
 * @param application likewise
 */
record FactoryImage(
        Board board,
        @Nullable Bootloader bootloader,
        @Nullable Image application) {
    /** @throws UserError if the parts are not for this board, or not for each other */
    FactoryImage {
        if (bootloader != null) {
            check(board, bootloader);
        }
        if (application != null) {
            InstallCheck.check(board, application);
            if (application.encrypted()) {
                throw new UserError(
                        "The application is encrypted; what is programmed into the slot must be in clear: 'updraft image decrypt'.");
            }
            if (application.packing().isPresent()) {
                throw new UserError(
                        "The application is packed; what is programmed into the slot must not be: sign it without --compress.");
            }
        }
        if (bootloader != null && application != null) {
            Bootloader boot = bootloader;
            application.tlvs().stream()
                    .filter(tlv -> tlv.is(TlvType.KEYHASH))
                    .filter(tlv -> !boot.holds(tlv.value()))
                    .findFirst()
                    .ifPresent(stranger -> {
                        throw new UserError(
                                "The application is signed by a key that the bootloader does not hold: it would never start. Sign it"
                                        + " with the bootloader's key, or give the bootloader of that key.");
                    });
        }
    }

    private static void check(Board board, Bootloader bootloader) {
        if (bootloader.code().length() > board.map().bootloader().size()) {
            throw new UserError(
                    "The bootloader has " + bootloader.code().length() + " bytes and its part of the flash of "
                            + board.name() + " has " + board.map().bootloader().size() + ".");
        }
        if (!bootloader.holds(Bytes.wrapping((board.name() + "\0").getBytes(StandardCharsets.US_ASCII)))) {
            throw new UserError("The bootloader is not for the board " + board.name() + ": compile it with BOARD="
                    + board.name() + ".");
        }
    }

    /** With the settings of one device. */
    Firmware with(Map<String, String> settings) {
        byte[] sector = DeviceSettings.sector(settings);
        if (sector.length > board.map().settings().size()) {
            throw new UserError("The settings of '" + settings.get("id") + "' have " + sector.length
                    + " bytes and their part of the flash has "
                    + board.map().settings().size() + ".");
        }
        List<Segment> segments = new ArrayList<>();
        if (bootloader != null) {
            segments.add(new Segment(board.map().bootloader().start(), bootloader.code()));
        }
        segments.add(new Segment(board.map().settings().start(), Bytes.wrapping(sector)));
        if (application != null) {
            segments.add(new Segment(board.slot().start(), application.bytes()));
        }
        segments.sort((a, b) -> Long.compare(a.address(), b.address()));
        return new Firmware(Format.INTEL_HEX, segments, OptionalLong.empty());
    }
}
