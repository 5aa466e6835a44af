package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Names a key in a PKCS#11 token (RFC 7512): {@code pkcs11:token=release;object=key?module-path=/usr/lib/softhsm/libsofthsm2.so}. Also taken is the
 * shorter {@code pkcs11:LABEL?module-path=FILE&slot=N}, slots counted from 0.
 */
public final class Pkcs11Uri {
    /** How every such name begins. */
    public static final String SCHEME = "pkcs11:";

    private static final Set<String> PATH = Set.of(
            "token",
            "manufacturer",
            "serial",
            "model",
            "library-manufacturer",
            "library-version",
            "library-description",
            "object",
            "type",
            "id",
            "slot-manufacturer",
            "slot-description",
            "slot-id");
    private static final Set<String> QUERY = Set.of("pin-source", "pin-value", "module-name", "module-path", "slot");

    /** Where Linux distributions put modules. */
    private static final List<String> FOLDERS = List.of(
            "/usr/lib/pkcs11",
            "/usr/lib64/pkcs11",
            "/usr/lib/x86_64-linux-gnu/pkcs11",
            "/usr/lib/aarch64-linux-gnu/pkcs11",
            "/usr/lib/softhsm",
            "/usr/lib64/softhsm",
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/usr/lib",
            "/usr/lib64");

    private final String text;
    private final Map<String, Bytes> attributes;

    private Pkcs11Uri(String text, Map<String, Bytes> attributes) {
        this.text = text;
        this.attributes = attributes;
    }

    /** @throws ImageException if it is no such name, or has a part that would be passed over */
    public static Pkcs11Uri parse(String text) {
        if (!text.startsWith(SCHEME)) {
            throw wrong(text, "it does not begin with " + SCHEME);
        }
        String[] parts = text.substring(SCHEME.length()).split("\\?", 2);
        Map<String, Bytes> attributes = new LinkedHashMap<>();
        for (String attribute : parts[0].split(";")) {
            if (attribute.isEmpty()) {
                continue;
            }
            boolean alone = !attribute.contains("=") && attributes.isEmpty();
            add(text, attributes, alone ? "object=" + attribute : attribute, PATH);
        }
        if (parts.length > 1) {
            for (String attribute : parts[1].split("&")) {
                add(text, attributes, attribute, QUERY);
            }
        }
        Pkcs11Uri uri = new Pkcs11Uri(text, attributes);
        if (uri.value("type").filter(type -> !type.equals("private")).isPresent()) {
            throw wrong(text, "a key that signs is of the type private");
        }
        if (!attributes.containsKey("object") && !attributes.containsKey("id")) {
            throw wrong(text, "it says neither object= nor id=");
        }
        return uri;
    }

    private static void add(String text, Map<String, Bytes> into, String attribute, Set<String> known) {
        int equals = attribute.indexOf('=');
        String name = equals < 0 ? attribute : attribute.substring(0, equals);
        if (equals < 0 || !known.contains(name)) {
            throw wrong(text, "'" + attribute + "' is nothing that Updraft knows there");
        }
        if (into.put(name, decoded(text, attribute.substring(equals + 1))) != null) {
            throw wrong(text, name + " is there twice");
        }
    }

    /** RFC 3986, 2.1. */
    private static Bytes decoded(String text, String value) {
        byte[] from = value.getBytes(StandardCharsets.UTF_8);
        int[] bytes = new int[from.length];
        int length = 0;
        for (int at = 0; at < from.length; at++) {
            if (from[at] != '%') {
                bytes[length++] = from[at];
                continue;
            }
            int high = at + 2 < from.length ? Character.digit(from[at + 1], 16) : -1;
            int low = at + 2 < from.length ? Character.digit(from[at + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw wrong(text, "% is not followed by two hexadecimal digits");
            }
            bytes[length++] = high << 4 | low;
            at += 2;
        }
        return Bytes.of(java.util.Arrays.copyOf(bytes, length));
    }

    private static ImageException wrong(String text, String reason) {
        return new ImageException("'" + text + "' does not name a key in a token, as " + reason
                + ": write pkcs11:token=TOKEN;object=LABEL?module-path=FILE (RFC 7512).");
    }

    Optional<String> value(String name) {
        return bytes(name).map(value -> new String(value.toArray(), StandardCharsets.UTF_8));
    }

    Optional<Bytes> bytes(String name) {
        return Optional.ofNullable(attributes.get(name));
    }

    OptionalLong number(String name) {
        Optional<String> value = value(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!value.get().matches("\\d{1,18}")) {
            throw wrong(text, name + " is no number");
        }
        return OptionalLong.of(Long.parseLong(value.get()));
    }

    /** The module's file: where {@code module-path} says, or what {@code module-name} is called in the usual folders. */
    Path module() {
        Optional<String> path = value("module-path");
        if (path.isPresent()) {
            return Path.of(path.get());
        }
        String name = value("module-name").orElse("p11-kit-proxy");
        for (String folder : FOLDERS) {
            for (String file : List.of(name + ".so", "lib" + name + ".so")) {
                if (Files.isRegularFile(Path.of(folder, file))) {
                    return Path.of(folder, file);
                }
            }
        }
        throw wrong(text, "no PKCS#11 module " + name + " is installed, and none is named");
    }

    /** The PIN, if it is named here: better by {@code pin-source}, a file, than by {@code pin-value}, which other users of the machine see. */
    Optional<char[]> pin() {
        Optional<String> source = value("pin-source");
        if (source.isEmpty()) {
            return value("pin-value").map(String::toCharArray);
        }
        Path file = Path.of(source.get().replaceFirst("^file:(//)?", ""));
        try {
            return Optional.of(Files.readString(file).strip().toCharArray());
        } catch (IOException unreadable) {
            throw new ImageException(
                    "The PIN cannot be read from '" + file + "': " + unreadable.getMessage() + ".", unreadable);
        }
    }

    @Override
    public String toString() {
        return text.replaceFirst("pin-value=[^&]*", "pin-value=...");
    }
}
