package dev.updraft.image.firmware;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads firmware. Without more it sees the format in the content, refuses what is none, and takes a raw binary only if it looks like the program of a
 * Cortex-M. A reader is a value: each method gives a new one.
 */
public final class FirmwareReader {
    private final @Nullable Format format;
    private final OptionalLong target;

    public FirmwareReader() {
        this(null, OptionalLong.empty());
    }

    private FirmwareReader(@Nullable Format format, OptionalLong target) {
        this.format = format;
        this.target = target;
    }

    /** Reads everything as this format, whatever it looks like. */
    public FirmwareReader as(Format newFormat) {
        return new FirmwareReader(newFormat, target);
    }

    /** Which part of a file for several memories or chips: a DfuSe target's alternate setting, a UF2 family's number. */
    public FirmwareReader target(long number) {
        return new FirmwareReader(format, OptionalLong.of(number));
    }

    public Firmware read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in);
        }
    }

    public Firmware read(byte[] bytes) {
        try {
            return read(new ByteArrayInputStream(bytes));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /**
     * Reads to the end of the stream. Text formats are read line by line, so that memory is taken for the content only.
     *
     * @throws ImageException if the content is damaged or no firmware; names line and column where there are such
     */
    public Firmware read(InputStream stream) throws IOException {
        BufferedInputStream in = new BufferedInputStream(stream, 1 << 16);
        Format found = format == null ? FormatDetection.of(start(in)) : format;
        if (target.isPresent() && found != Format.DFUSE && found != Format.UF2) {
            throw new ImageException("A target is chosen in DfuSe and UF2 files only; this is " + found.title() + ".");
        }
        return switch (found) {
            case INTEL_HEX -> IntelHexReader.read(in);
            case SREC -> SRecordReader.read(in);
            case ELF -> ElfReader.read(readAll(in));
            case DFUSE -> DfuSeReader.read(readAll(in), target);
            case UF2 -> Uf2Reader.read(readAll(in), target);
            case BINARY -> binary(DfuSeReader.withoutSuffix(readAll(in)));
        };
    }

    private Firmware binary(Bytes content) {
        if (format == null && !content.isEmpty()) {
            VectorTable.checkRawBinary(content);
        }
        return Firmware.ofBinary(content);
    }

    private static byte[] start(BufferedInputStream in) throws IOException {
        in.mark(FormatDetection.ENOUGH_TO_TELL);
        byte[] start = in.readNBytes(FormatDetection.ENOUGH_TO_TELL);
        in.reset();
        return start;
    }

    private static Bytes readAll(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(Firmware.MAX_SIZE + 1);
        if (bytes.length > Firmware.MAX_SIZE) {
            throw new ImageException(
                    "The file has more than " + Firmware.MAX_SIZE + " bytes, which no STM32 can hold.");
        }
        return Bytes.wrapping(bytes);
    }
}
