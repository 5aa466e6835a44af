package dev.updraft.server.release;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.updraft.image.Bytes;
import dev.updraft.image.Header;
import dev.updraft.image.Image;
import dev.updraft.image.Tlv;
import dev.updraft.image.TlvType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that an image's file says, with its meaning; sizes and places in bytes.
 *
 * @param refused why bootloaders of Updraft's would not install it, as far as the file alone tells; empty = nothing is known against it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ImageView(
        String digest,
        String installedDigest,
        String version,
        @Nullable String board,
        long size,
        long headerSize,
        long payloadSize,
        long loadAddress,
        List<String> flags,
        List<One> tlvs,
        List<String> refused) {

    /**
     * @param covered whether hash and signature cover it
     * @param text the value in its own terms, where it has such
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record One(
            int type,
            String name,
            boolean covered,
            long offset,
            long length,
            String meaning,
            String value,
            @Nullable String text) {}

    static ImageView of(byte[] file) {
        Image image = Image.parse(file);
        Header header = image.header();
        List<One> tlvs = new ArrayList<>();
        for (int i = 0; i < image.protectedTlvs().size(); i++) {
            tlvs.add(one(image.protectedTlvs().get(i), true, image.protectedTlvOffset(i)));
        }
        for (int i = 0; i < image.tlvs().size(); i++) {
            tlvs.add(one(image.tlvs().get(i), false, image.tlvOffset(i)));
        }
        return new ImageView(
                image.digest().hex(),
                image.installedDigest().hex(),
                image.version().toString(),
                image.board().orElse(null),
                image.bytes().length(),
                header.headerSize(),
                header.payloadSize(),
                header.loadAddress(),
                header.flagNames(),
                tlvs,
                refused(image));
    }

    private static One one(Tlv tlv, boolean covered, int offset) {
        Bytes value = tlv.value();
        return new One(
                tlv.type(),
                tlv.name(),
                covered,
                offset,
                value.length(),
                TlvType.of(tlv.type()).map(TlvType::meaning).orElse("not known here; kept as it is"),
                value.hex(),
                text(tlv));
    }

    private static @Nullable String text(Tlv tlv) {
        Bytes value = tlv.value();
        return switch (TlvType.of(tlv.type()).orElse(null)) {
            case BOARD -> new String(value.toArray(), StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "\uFFFD");
            case SEC_CNT, DECOMP_SIZE, COMP_DEC_SIZE -> value.length() == 4 ? Long.toString(value.u32(0)) : null;
            case null, default -> null;
        };
    }

    private static List<String> refused(Image image) {
        List<String> why = new ArrayList<>();
        if (image.tlvs().stream().noneMatch(tlv -> tlv.is(TlvType.KEYHASH) || tlv.is(TlvType.PUBKEY))) {
            why.add("It does not say which key signed it: a bootloader with several keys tries all of them, and other"
                    + " bootloaders than Updraft's may refuse it.");
        }
        if (image.find(TlvType.SEC_CNT).isEmpty()) {
            why.add("It has no security counter: a device that holds one above 0 refuses it.");
        }
        if (image.header().has(Header.RAM_LOAD)) {
            why.add("It wants to be loaded into RAM, which Updraft's bootloader does not do.");
        }
        if (image.header().has(Header.NON_BOOTABLE)) {
            why.add("It says that it cannot be started.");
        }
        return why;
    }
}
