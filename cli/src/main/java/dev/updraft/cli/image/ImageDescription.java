package dev.updraft.cli.image;

import dev.updraft.image.Bytes;
import dev.updraft.image.Dependency;
import dev.updraft.image.Header;
import dev.updraft.image.Image;
import dev.updraft.image.ImageException;
import dev.updraft.image.Tlv;
import dev.updraft.image.TlvType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an image says, for people and for programs. */
final class ImageDescription {
    private ImageDescription() {}

    static String text(Image image) {
        Header header = image.header();
        StringBuilder text = new StringBuilder();
        line(text, "digest", digest(image));
        if (!image.installedDigest().equals(image.digest())) {
            line(text, "runs as", image.installedDigest().hex());
        }
        line(text, "version", image.version().toString());
        line(text, "board", image.board().orElse("not said"));
        line(text, "size", image.bytes().length() + " bytes");
        text.append("\nheader, bytes 0x0 to 0x")
                .append(Integer.toHexString(header.headerSize() - 1))
                .append("\n");
        line(text, "  magic", String.format("0x%08x", Header.MAGIC));
        line(text, "  load address", String.format("0x%08x", header.loadAddress()));
        line(text, "  header size", String.format("0x%x", header.headerSize()));
        line(text, "  protected", header.protectedSize() + " bytes of protected TLVs");
        line(text, "  payload size", header.payloadSize() + " bytes");
        line(text, "  flags", header.flagNames().isEmpty() ? "none" : String.join(", ", header.flagNames()));
        if (!image.protectedTlvs().isEmpty()) {
            text.append("\nprotected TLVs, covered by hash and signature\n");
            for (int i = 0; i < image.protectedTlvs().size(); i++) {
                tlv(text, image.protectedTlvs().get(i), image.protectedTlvOffset(i));
            }
        }
        text.append("\nTLVs\n");
        for (int i = 0; i < image.tlvs().size(); i++) {
            tlv(text, image.tlvs().get(i), image.tlvOffset(i));
        }
        if (!image.trailing().isEmpty()) {
            text.append("\nfollowed by ").append(image.trailing().length()).append(" bytes of slot padding\n");
        }
        return text.toString().stripTrailing();
    }

    static Map<String, Object> json(Image image) {
        Header header = image.header();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("digest", digest(image));
        json.put("installedDigest", image.installedDigest().hex());
        json.put("version", image.version().toString());
        image.board().ifPresent(board -> json.put("board", board));
        json.put("size", image.bytes().length());
        json.put("loadAddress", header.loadAddress());
        json.put("headerSize", header.headerSize());
        json.put("payloadSize", header.payloadSize());
        json.put("flags", header.flagNames());
        List<Map<String, Object>> tlvs = new ArrayList<>();
        for (int i = 0; i < image.protectedTlvs().size(); i++) {
            tlvs.add(tlv(image.protectedTlvs().get(i), image.protectedTlvOffset(i), true));
        }
        for (int i = 0; i < image.tlvs().size(); i++) {
            tlvs.add(tlv(image.tlvs().get(i), image.tlvOffset(i), false));
        }
        json.put("tlvs", tlvs);
        json.put("padding", image.trailing().length());
        return json;
    }

    private static String digest(Image image) {
        return image.digest().hex();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format("%-15s %s%n", name, value));
    }

    private static void tlv(StringBuilder text, Tlv tlv, int offset) {
        String meaning = TlvType.of(tlv.type()).map(TlvType::meaning).orElse("unknown; kept as it is");
        text.append(String.format(
                "  0x%06x  0x%04x %-14s %s, %d bytes%n",
                offset, tlv.type(), tlv.name(), meaning, tlv.value().length()));
        text.append("            ").append(value(tlv)).append(System.lineSeparator());
    }

    private static Map<String, Object> tlv(Tlv tlv, int offset, boolean isProtected) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("offset", offset);
        json.put("type", tlv.type());
        json.put("name", tlv.name());
        json.put("protected", isProtected);
        json.put("value", tlv.value().hex());
        if (!value(tlv).equals(tlv.value().hex())) {
            json.put("text", value(tlv));
        }
        return json;
    }

    /** In its own terms where it has such; a value that is malformed is shown as it is. */
    private static String value(Tlv tlv) {
        Bytes value = tlv.value();
        return switch (TlvType.of(tlv.type()).orElse(null)) {
            case BOARD -> printable(value);
            case SEC_CNT, DECOMP_SIZE, COMP_DEC_SIZE -> value.length() == 4 ? Long.toString(value.u32(0)) : value.hex();
            case DEPENDENCY -> dependency(value);
            case COMPRESSION -> packing(value);
            case null, default -> value.hex();
        };
    }

    private static String packing(Bytes value) {
        return value.length() == 8 && value.u8(0) == 1
                ? "heatshrink, window 2^" + value.u8(1) + ", lookahead 2^" + value.u8(2) + ", unpacks to "
                        + value.u32(4) + " bytes"
                : value.hex();
    }

    private static String dependency(Bytes value) {
        try {
            Dependency dependency = Dependency.read(value);
            return "image " + dependency.imageId() + " in version " + dependency.minimum() + " or later";
        } catch (ImageException malformed) {
            return value.hex();
        }
    }

    private static String printable(Bytes value) {
        String text = new String(value.toArray(), StandardCharsets.US_ASCII);
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f) ? text : value.hex();
    }
}
