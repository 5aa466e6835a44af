package dev.updraft.cli.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.key.VerifyingKey;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The C header with the keys that a bootloader is compiled with. */
public final class KeyHeader {
    private KeyHeader() {}

    /**
     * A key that images may be signed with.
     *
     * @param below it signs only images whose security counter is below this; 0: any
     */
    public record Accepted(VerifyingKey key, long below) {}

    /**
     * @param keys P-256 keys that images may be signed with, whatever their security counter
     * @param decryption private scalar of the key that encrypted images are for, 32 bytes; null for none
     */
    public static String of(List<VerifyingKey> keys, @Nullable Bytes decryption) {
        return ofAccepted(keys.stream().map(key -> new Accepted(key, 0)).toList(), decryption);
    }

    /** As {@link #of}, with keys that are retired. */
    public static String ofAccepted(List<Accepted> keys, @Nullable Bytes decryption) {
        StringBuilder text = new StringBuilder();
        text.append("/* Keys that the bootloader is compiled with, made by 'updraft key header'. */\n")
                .append("#ifndef UPDRAFT_KEYS_H\n#define UPDRAFT_KEYS_H\n\n")
                .append("#define UPDRAFT_PUBLIC_KEY_COUNT ")
                .append(keys.size())
                .append("\n\n/* X and Y, big-endian. */\n")
                .append(define(
                        "UPDRAFT_PUBLIC_KEYS",
                        keys.stream().map(each -> each.key().coordinates()).toList()))
                .append("\n/* SHA-256 of the DER SubjectPublicKeyInfo, as a KEYHASH TLV holds it. */\n")
                .append(define(
                        "UPDRAFT_PUBLIC_KEY_HASHES",
                        keys.stream().map(each -> each.key().hash()).toList()))
                .append("\n/* Each signs only images whose security counter is below this; 0: any. */\n")
                .append("#define UPDRAFT_PUBLIC_KEY_LIMITS \\\n    ")
                .append(keys.stream().map(each -> each.below() + "U").collect(Collectors.joining(", ", "{ ", " }")))
                .append("\n");
        if (decryption != null) {
            text.append(
                            "\n/* The private scalar that encrypted images are for, big-endian: keep this file secret. */\n")
                    .append("#define UPDRAFT_DECRYPTION_KEY \\\n    ")
                    .append(array(decryption))
                    .append("\n");
        }
        return text.append("\n#endif\n").toString();
    }

    private static String define(String name, List<Bytes> values) {
        String rows = values.stream().map(value -> "        " + array(value)).collect(Collectors.joining(", \\\n"));
        return "#define " + name + " \\\n    { \\\n" + rows + " \\\n    }\n";
    }

    private static String array(Bytes value) {
        return IntStream.range(0, value.length())
                .mapToObj(i -> String.format("0x%02x", value.u8(i)))
                .collect(Collectors.joining(", ", "{ ", " }"));
    }
}
