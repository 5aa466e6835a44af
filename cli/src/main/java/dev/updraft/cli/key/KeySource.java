package dev.updraft.cli.key;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.InputFile;
import dev.updraft.image.key.PemKey;
import dev.updraft.image.key.Pkcs11Token;
import dev.updraft.image.key.SigningKey;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a key comes from, as an option names it: a PEM file, or {@code env:NAME} for a PEM text in an environment
 * variable, so that a pipeline need not write it to a disk; for signing also a
 * key in a PKCS#11 token, which no build machine ever sees.
 */
public final class KeySource {
    /** The environment variable that holds the passphrase of an encrypted key. */
    public static final String PASSPHRASE = "UPDRAFT_KEY_PASSPHRASE";

    /** The environment variable that holds the PIN of a token. */
    public static final String PIN = "UPDRAFT_PKCS11_PIN";

    private static final String ENVIRONMENT = "env:";
    private static final String TOKEN = "pkcs11:";
    private static final Pattern TOKEN_ADDRESS =
            Pattern.compile("(?:object=)?([^?;]+)\\?module-path=([^&]+)(?:&slot=(\\d{1,4}))?");

    private KeySource() {}

    public static PemKey read(String source) {
        return PemKey.read(text(source), passphrase());
    }

    /** A key to sign with; also {@code pkcs11:}, for one that stays in a token. */
    public static SigningKey signing(String source) {
        return source.startsWith(TOKEN)
                ? inToken(source.substring(TOKEN.length()))
                : read(source).signing();
    }

    /** {@code LABEL?module-path=FILE&slot=N}, close to RFC 7512. */
    private static SigningKey inToken(String address) {
        Matcher matcher = TOKEN_ADDRESS.matcher(address);
        if (!matcher.matches()) {
            throw new UserError("'" + TOKEN + address + "' does not name a key in a token: write"
                    + " pkcs11:LABEL?module-path=FILE, with &slot=N for another slot than the first.");
        }
        String pin = System.getenv(PIN);
        if (pin == null) {
            throw new UserError("Set the environment variable " + PIN + " to the token's PIN first.");
        }
        int slot = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        return Pkcs11Token.open(Path.of(matcher.group(2)), slot, pin.toCharArray())
                .signing(matcher.group(1));
    }

    private static String text(String source) {
        if (source.startsWith(TOKEN)) {
            throw new UserError("A key in a token can only sign: give a PEM file here.");
        }
        if (!source.startsWith(ENVIRONMENT)) {
            return InputFile.text(Path.of(source));
        }
        String name = source.substring(ENVIRONMENT.length());
        String text = System.getenv(name);
        if (text == null) {
            throw new UserError("The environment variable " + name + " is not set; it must hold a key as PEM text.");
        }
        return text;
    }

    static char @Nullable [] passphrase() {
        String passphrase = System.getenv(PASSPHRASE);
        return passphrase == null ? null : passphrase.toCharArray();
    }
}
