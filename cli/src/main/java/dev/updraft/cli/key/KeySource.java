package dev.updraft.cli.key;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.InputFile;
import dev.updraft.image.key.PemKey;
import dev.updraft.image.key.Pkcs11Token;
import dev.updraft.image.key.Pkcs11Uri;
import dev.updraft.image.key.SigningKey;
import java.nio.file.Path;
import java.util.Optional;
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

    private KeySource() {}

    /** Any key; of one in a token the public half. */
    public static PemKey read(String source) {
        return source.startsWith(Pkcs11Uri.SCHEME)
                ? PemKey.ofPublic(signing(source).verifying())
                : PemKey.read(text(source), passphrase());
    }

    /** A key to sign with; also {@code pkcs11:}, for one that stays in a token. */
    public static SigningKey signing(String source) {
        return source.startsWith(Pkcs11Uri.SCHEME)
                ? Pkcs11Token.signing(
                        Pkcs11Uri.parse(source),
                        Optional.ofNullable(System.getenv(PIN)).map(String::toCharArray))
                : read(source).signing();
    }

    private static String text(String source) {
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
