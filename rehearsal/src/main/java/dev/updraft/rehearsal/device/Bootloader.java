package dev.updraft.rehearsal.device;

import dev.updraft.image.Bytes;
import dev.updraft.image.Sha256;
import dev.updraft.image.firmware.Firmware;
import dev.updraft.rehearsal.RehearsalException;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;

/**
 * The compiled bootloader.
 *
 * @param code from the start of the flash
 * @param functions addresses by name; empty when only the code is known
 */
public record Bootloader(Bytes code, Map<String, Integer> functions) {
    public Bootloader {
        functions = Map.copyOf(functions);
    }

    /**
     * Reads ELF, hex or binary; only an ELF names the functions that the host could answer for.
     *
     * @throws RehearsalException if it is not for the start of the flash
     */
    public static Bootloader read(byte[] file) {
        Firmware firmware = Firmware.read(file);
        if (firmware.address().isPresent() && firmware.address().getAsLong() != FlashMap.BASE) {
            throw new RehearsalException(String.format(
                    "The bootloader is linked for 0x%08x and not for the start of the flash, 0x%08x: give boot.elf or boot.bin.",
                    firmware.address().getAsLong(), FlashMap.BASE));
        }
        return new Bootloader(firmware.contents(), ElfSymbols.isElf(file) ? ElfSymbols.functions(file) : Map.of());
    }

    /** SHA-256 of {@link #code}: what a person names it by. */
    public Bytes digest() {
        MessageDigest sha256 = Sha256.begin();
        code.update(sha256);
        return Bytes.wrapping(sha256.digest());
    }

    /** Whether these bytes, as the hash of a key, stand in it. */
    public boolean holds(Bytes bytes) {
        for (int at = 0; at + bytes.length() <= code.length(); at++) {
            if (code.slice(at, at + bytes.length()).equals(bytes)) {
                return true;
            }
        }
        return false;
    }

    Optional<Integer> function(String name) {
        return Optional.ofNullable(functions.get(name));
    }
}
