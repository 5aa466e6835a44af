package dev.updraft.cli.key;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code updraft key}: the group of its subcommands. */
@Command(
        name = "key",
        mixinStandardHelpOptions = true,
        description = "Makes and shows keys that sign, verify, encrypt and decrypt images.",
        footer = {
            "",
            "A KEY is a PEM file, env:NAME for PEM text in an environment variable, or",
            "pkcs11:token=TOKEN;object=LABEL?module-path=FILE (RFC 7512) for one in a token, which never leaves it.",
            "The passphrase of an encrypted key is read from " + KeySource.PASSPHRASE + "."
        },
        subcommands = {NewKeyCommand.class, PublicKeyCommand.class, ShowKeyCommand.class, KeyHeaderCommand.class})
public final class KeyCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do with keys: new, public, show or header.");
    }
}
