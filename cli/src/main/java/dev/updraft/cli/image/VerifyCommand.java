package dev.updraft.cli.image;

import dev.updraft.cli.file.InputFile;
import dev.updraft.cli.key.KeySource;
import dev.updraft.image.Image;
import dev.updraft.image.key.PemKey;
import dev.updraft.image.key.VerifyingKey;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code updraft image verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Checks an image's hash and signature; says exactly what is wrong.")
final class VerifyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The image.")
    private Path file;

    @Option(
            names = "--key",
            required = true,
            paramLabel = "KEY",
            description = "A key that may sign, public or private; repeatable.")
    private List<String> keys;

    @Option(names = "--decrypt", paramLabel = "KEY", description = "The device's private key, for an encrypted image.")
    private @Nullable String decrypt;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        List<VerifyingKey> accepted =
                keys.stream().map(KeySource::read).map(PemKey::verifying).toList();
        Image image = InputFile.image(file);
        if (decrypt != null) {
            image = image.decrypt(KeySource.read(decrypt).decryption());
        }
        VerifyingKey signer = image.verify(accepted);
        if (image.packing().isPresent()) {
            image.unpack().verify(accepted);
        }
        spec.commandLine()
                .getOut()
                .println("Good: " + image + ", signed by the " + signer.type().title() + " key " + signer.hash() + ".");
        return 0;
    }
}
