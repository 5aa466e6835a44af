package dev.updraft.cli.key;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.InputFile;
import dev.updraft.image.key.PemKey;
import dev.updraft.image.key.SigningKey;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a key comes from, as an option names it: a PEM file, or {@code env:NAME} for a PEM text in an environment
 * variable, so that a pipeline need not write it to a disk.
 */
public final class KeySource {
    /** The environment variable that holds the passphrase of an encrypted key. */
    public static final String PASSPHRASE = "UPDRAFT_KEY_PASSPHRASE";

    private static final String ENVIRONMENT = "env:";

    private KeySource() {}

    public static PemKey read(String source) {
        return PemKey.read(text(source), passphrase());
    }

    /** A key to sign with. */
    public static SigningKey signing(String source) {
        return read(source).signing();
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
