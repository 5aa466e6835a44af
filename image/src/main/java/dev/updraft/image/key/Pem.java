package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One block of a PEM text (RFC 7468).
 *
 * @param headers lines like {@code Proc-Type: 4,ENCRYPTED} in front of the content (RFC 1421), which old openssl wrote
 */
record Pem(String label, Map<String, String> headers, Bytes der) {
    static final String PUBLIC = "PUBLIC KEY";
    static final String PRIVATE = "PRIVATE KEY";
    static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";
    static final String SEC1 = "EC PRIVATE KEY";
    static final String EC_PARAMETERS = "EC PARAMETERS";

    private static final int LINE = 64;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END ([A-Z0-9 ]+)-----", Pattern.DOTALL);
    private static final Pattern HEADER = Pattern.compile("\\s*([A-Za-z-]+): *(\\S[^\\r\\n]*)\\R");

    /** Other containers of keys, by how they begin, and the command that makes PEM of them. */
    private static final Map<String, String> CONTAINERS = Map.of(
            "ssh-", "'ssh-keygen -e -m PKCS8 -f KEY' makes a PEM file of an OpenSSH public key",
            "ecdsa-sha2-", "'ssh-keygen -e -m PKCS8 -f KEY' makes a PEM file of an OpenSSH public key",
            "PuTTY-User-Key-File", "export it from puttygen as an OpenSSH key, then 'ssh-keygen -p -m PKCS8 -f KEY'",
            "{", "it looks like JSON: where it is a JWK, write it out as PEM",
            "0",
                    "a DER file becomes PEM with 'openssl pkey -inform DER -in KEY -out KEY.pem', a PKCS#12 file with"
                            + " 'openssl pkcs12 -in KEY -nodes -nocerts -out KEY.pem'");

    Pem(String label, Bytes der) {
        this(label, Map.of(), der);
    }

    /** All blocks, in their order. */
    static List<Pem> allIn(String text) {
        List<Pem> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(decoded(text));
        while (matcher.find()) {
            String label = matcher.group(1);
            if (!label.equals(matcher.group(3))) {
                throw new ImageException("The PEM text is damaged: '-----BEGIN " + label
                        + "-----' is closed by '-----END " + matcher.group(3) + "-----'.");
            }
            blocks.add(block(label, matcher.group(2)));
        }
        return blocks;
    }

    private static Pem block(String label, String text) {
        Map<String, String> headers = new LinkedHashMap<>();
        Matcher header = HEADER.matcher(text);
        int at = 0;
        while (header.find(at) && header.start() == at) {
            headers.put(header.group(1), header.group(2).strip());
            at = header.end();
        }
        try {
            return new Pem(
                    label,
                    headers,
                    Bytes.wrapping(Base64.getDecoder().decode(text.substring(at).replaceAll("\\s", ""))));
        } catch (IllegalArgumentException notBase64) {
            throw new ImageException("The PEM text is damaged: what is between its lines is not Base64.", notBase64);
        }
    }

    /** The first block that is a key; a certificate may stand before it. */
    static Pem firstKeyIn(String text) {
        List<Pem> blocks = allIn(text);
        Optional<Pem> key =
                blocks.stream().filter(block -> block.label.endsWith(" KEY")).findFirst();
        return key.or(() -> blocks.stream().findFirst()).orElseThrow(() -> notAKey(text));
    }

    private static ImageException notAKey(String text) {
        String start = text.stripLeading();
        if (start.startsWith("-----BEGIN ")) {
            return new ImageException("The PEM text is cut short: it has no '-----END ... KEY-----' line.");
        }
        return CONTAINERS.entrySet().stream()
                .filter(container -> start.startsWith(container.getKey()))
                .findFirst()
                .map(container -> new ImageException("Not a PEM file; " + container.getValue() + "."))
                .orElseGet(() ->
                        new ImageException("Not a key: it has no '-----BEGIN ... KEY-----' block; give a PEM file."));
    }

    /** Windows PowerShell writes what a program prints as UTF-16. */
    private static String decoded(String text) {
        return text.startsWith("\u00ff\u00fe")
                ? new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_16)
                : text;
    }

    String text() {
        String body = Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der.toArray());
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }
}
