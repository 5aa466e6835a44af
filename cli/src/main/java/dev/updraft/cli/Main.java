package dev.updraft.cli;

import dev.updraft.cli.board.BoardCommand;
import dev.updraft.cli.delta.DeltaCommand;
import dev.updraft.cli.demo.DemoCommand;
import dev.updraft.cli.emulate.EmulateCommand;
import dev.updraft.cli.factory.FactoryCommand;
import dev.updraft.cli.fleet.AuditCommand;
import dev.updraft.cli.fleet.BackupCommand;
import dev.updraft.cli.fleet.DeviceCommand;
import dev.updraft.cli.fleet.EventsCommand;
import dev.updraft.cli.fleet.GroupCommand;
import dev.updraft.cli.fleet.PrepareCommand;
import dev.updraft.cli.fleet.ProvisioningKeyCommand;
import dev.updraft.cli.fleet.PublishCommand;
import dev.updraft.cli.fleet.ReleaseCommand;
import dev.updraft.cli.fleet.RestoreCommand;
import dev.updraft.cli.fleet.RolloutCommand;
import dev.updraft.cli.fleet.ServeCommand;
import dev.updraft.cli.fleet.ServerCommand;
import dev.updraft.cli.fleet.TenantCommand;
import dev.updraft.cli.fleet.TokenCommand;
import dev.updraft.cli.fleet.UserCommand;
import dev.updraft.cli.fleet.WebhookCommand;
import dev.updraft.cli.gateway.GatewayCommand;
import dev.updraft.cli.hawkbit.ImportCommand;
import dev.updraft.cli.image.ImageCommand;
import dev.updraft.cli.key.KeyCommand;
import dev.updraft.cli.rehearse.RehearseCommand;
import dev.updraft.image.ImageException;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code updraft} command: every capability of the system is one of its subcommands. */
@Command(
        name = "updraft",
        mixinStandardHelpOptions = true,
        versionProvider = Main.BuiltVersion.class,
        description = "Updates the firmware of STM32 devices in the field, and never bricks one.")
public final class Main implements Runnable {
    /** As {@code git describe} named what was built. */
    static final class BuiltVersion implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String built = Main.class.getPackage().getImplementationVersion();
            return new String[] {"updraft " + (built == null ? "of a build without a version" : built)};
        }
    }

    private static final List<Class<?>> COMMANDS = List.of(
            HelpCommand.class,
            DemoCommand.class,
            EmulateCommand.class,
            RehearseCommand.class,
            ServeCommand.class,
            PrepareCommand.class,
            PublishCommand.class,
            DeviceCommand.class,
            ReleaseCommand.class,
            RolloutCommand.class,
            GroupCommand.class,
            UserCommand.class,
            TokenCommand.class,
            ProvisioningKeyCommand.class,
            TenantCommand.class,
            WebhookCommand.class,
            GatewayCommand.class,
            EventsCommand.class,
            AuditCommand.class,
            BackupCommand.class,
            ServerCommand.class,
            RestoreCommand.class,
            ImportCommand.class,
            ImageCommand.class,
            DeltaCommand.class,
            BoardCommand.class,
            FactoryCommand.class,
            KeyCommand.class,
            CompletionCommand.class);

    /** Exit code for input that the person can put right. */
    static final int BAD_INPUT = 2;

    /** Exit code for a failure of ours; the stack trace is shown with {@code --trace-errors}. */
    static final int FAILED = 1;

    @Spec
    private CommandSpec spec;

    @Option(names = "--trace-errors", description = "Print the stack trace of an error.")
    private boolean traceErrors;

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs one command line; separate from {@link #main} so that tests need no process. */
    static int run(String... args) {
        Main main = new Main();
        return commands(new CommandLine(main), args.length == 0 ? "" : args[0])
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::wrongUsage)
                .setExecutionExceptionHandler((error, line, parsed) -> main.failed(error, line))
                .execute(args);
    }

    /** All commands, for a test that tries the help of each. */
    static CommandLine tree() {
        return commands(new CommandLine(new Main()), "help");
    }

    /** Adds the command that is called, or all of them to be listed: reading two hundred options takes longer than most commands. */
    private static CommandLine commands(CommandLine line, String called) {
        List<Class<?>> wanted =
                COMMANDS.stream().filter(type -> name(type).equals(called)).toList();
        boolean all = wanted.isEmpty() || called.equals("help");
        (all ? COMMANDS : wanted).forEach(line::addSubcommand);
        return line;
    }

    private static String name(Class<?> command) {
        return Objects.requireNonNull(command.getAnnotation(Command.class)).name();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: see 'updraft help'.");
    }

    private static int wrongUsage(ParameterException error, String[] args) {
        CommandLine line = error.getCommandLine();
        // picocli says the name of a Java type.
        String sentence =
                String.valueOf(error.getMessage()).replaceAll(" is not an? (long|int|double)$", " is not a number");
        line.getErr().println("updraft: " + sentence);
        line.getErr().println("See '" + line.getCommandSpec().qualifiedName() + " --help'.");
        return BAD_INPUT;
    }

    private int failed(Exception error, CommandLine line) {
        if (traceErrors) {
            error.printStackTrace(line.getErr());
        }
        String sentence = error.getMessage() == null ? error.toString() : error.getMessage();
        line.getErr().println("updraft: " + sentence);
        return error instanceof UserError || error instanceof ImageException ? BAD_INPUT : FAILED;
    }
}
