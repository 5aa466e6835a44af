package dev.updraft.cli.key;

import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.PemKey;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code updraft key show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Says what a key is; never prints its private half.")
final class ShowKeyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "KEY", description = "A PEM file, or env:NAME.")
    private String source;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PemKey key = KeySource.read(source);
        PrintWriter out = spec.commandLine().getOut();
        out.println("type        " + key.type().title());
        out.println("holds       " + (key.isPrivate() ? "private and public half" : "public half only"));
        out.println("good for    " + purpose(key.type()));
        out.println("key hash    " + key.hash());
        out.println("public key  " + key.encodedPublic().hex());
        return 0;
    }

    private static String purpose(KeyType type) {
        return switch (type) {
            case P256 -> "signing images, and receiving encrypted ones";
            case ED25519 -> "signing images";
            case X25519 -> "receiving encrypted images";
        };
    }
}
