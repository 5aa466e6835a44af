package dev.updraft.cli.rehearse;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.DeviceSettings;
import dev.updraft.cli.file.InputFile;
import dev.updraft.cli.file.OutputFile;
import dev.updraft.emulator.network.HostNetwork;
import dev.updraft.emulator.network.NoNetwork;
import dev.updraft.image.Bytes;
import dev.updraft.image.InstallCheck;
import dev.updraft.image.board.Board;
import dev.updraft.rehearsal.CryptoMode;
import dev.updraft.rehearsal.FaultKind;
import dev.updraft.rehearsal.Rehearsal;
import dev.updraft.rehearsal.RehearsalException;
import dev.updraft.rehearsal.RehearsalResult;
import dev.updraft.rehearsal.Staging;
import dev.updraft.rehearsal.application.Surroundings;
import dev.updraft.rehearsal.glitch.GlitchResult;
import dev.updraft.rehearsal.report.HtmlReport;
import java.io.Console;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code updraft rehearse}. */
@Command(
        name = "rehearse",
        mixinStandardHelpOptions = true,
        description = {
            "Installs your new firmware over your old one on emulated boards, with the power cut at every flash operation,"
                    + " and runs it.",
            "Exit code 0: every cut was survived, and the new firmware works as far as it could be run; 1: not; 2: it could"
                    + " not be tried."
        })
public final class RehearseCommand implements Callable<Integer> {
    private static final int SECOND_CUTS_EACH = 20;
    private static final int LONGEST_RUN = 3600;

    @Option(names = "--board", required = true, paramLabel = "BOARD", description = "stm32f407, stm32l476, ...")
    private String board;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "OLD",
            description = "What devices run: a signed image, or ELF, hex or binary, which is then signed here.")
    private Path from;

    @Option(names = "--to", required = true, paramLabel = "NEW", description = "What they are to run.")
    private Path to;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "The key that signed the images (its public half is enough), or that is to sign them;"
                    + " without it a throw-away key signs.")
    private @Nullable String key;

    @Option(
            names = "--bootloader",
            paramLabel = "FILE",
            description =
                    "The bootloader as it is on the devices, boot.elf or boot.bin; without it, it is compiled with the key.")
    private @Nullable Path bootloader;

    @Option(
            names = "--staging",
            paramLabel = "chip|card|nor",
            defaultValue = "chip",
            description = "Where the update waits: inside the chip, on an SD card, or on an external SPI NOR flash"
                    + " (default: ${DEFAULT-VALUE}).")
    private Staging staging = Staging.CHIP;

    @Option(
            names = "--no-fallback",
            description =
                    "With card or nor: the agent put no copy of the old image beside the update, so it is kept inside"
                            + " the chip.")
    private boolean noFallback;

    @Option(
            names = "--decrypt",
            paramLabel = "KEY",
            description =
                    "The device's private key, where the images are encrypted; the bootloader is compiled with it.")
    private @Nullable String decrypt;

    @Option(
            names = "--cuts",
            paramLabel = "all|N",
            defaultValue = "all",
            description = "At every flash operation, or at N of them, evenly spread (default: ${DEFAULT-VALUE}).")
    private String cuts = "all";

    @Option(
            names = "--looks",
            paramLabel = "drawn|each",
            defaultValue = "drawn",
            description =
                    "How a torn unit reads afterwards: drawn unit by unit and anew at each power-up, or every cut point"
                            + " with each of the ways (default: ${DEFAULT-VALUE}).")
    private String looks = "drawn";

    @Option(
            names = "--double",
            arity = "0..1",
            paramLabel = "N|all",
            fallbackValue = "2000",
            description =
                    "Also cut the power a second time while the device recovers: at N points (default: 2000), or at"
                            + " every operation of every recovery, which takes days.")
    private @Nullable String doubles;

    @Option(
            names = "--faults",
            split = ",",
            paramLabel = "KIND",
            defaultValue = "power",
            description =
                    "What goes wrong, one or more of power, outage, noise, reset: cuts of the power; the card or the flash"
                            + " falls silent, or sends a wrong bit; the chip is reset (default: ${DEFAULT-VALUE}).")
    private Set<FaultKind> faults = Set.of(FaultKind.POWER);

    @Option(
            names = "--places",
            paramLabel = "N",
            defaultValue = "300",
            description = "Places of each of these faults but power, evenly spread (default: ${DEFAULT-VALUE}).")
    private int places;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Decides all chance (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--crypto",
            paramLabel = "exact|host",
            defaultValue = "exact",
            description =
                    "Hashes and signatures by the chip's own code, or by this computer, compared with the chip's on a"
                            + " sample (default: ${DEFAULT-VALUE}).")
    private CryptoMode crypto = CryptoMode.EXACT;

    @Option(
            names = "--trial-attempts",
            paramLabel = "N",
            description = "Starts on trial before the old image comes back (default: 3).")
    private int startsOnTrial = Rehearsal.USUAL_STARTS_ON_TRIAL;

    @Option(
            names = "--no-pruning",
            description = "Run every sequence to its end, also from states that are proven already; to check that"
                    + " pruning changes nothing.")
    private boolean unpruned;

    @Option(
            names = "--run",
            paramLabel = "SECONDS",
            defaultValue = "40",
            description =
                    "How long the new firmware runs once it is installed, in the device's time; 0: not at all (default:"
                            + " ${DEFAULT-VALUE}, as the watchdog of a trial bites after 30).")
    private int run;

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            description = "What the production line writes for a device, a line 'name=value' each, for that run.")
    private @Nullable Path settings;

    @Option(names = "--online", description = "In that run the board's Wi-Fi module reaches this computer's network.")
    private boolean online;

    @Option(
            names = "--glitch",
            arity = "0..1",
            fallbackValue = "1",
            paramLabel = "N",
            description =
                    "Instead of the power, disturb every (or every Nth) instruction of the bootloader, one at a time: does NEW"
                            + " start with a signature by no key?")
    private @Nullable Integer glitch;

    @Option(names = "--jobs", paramLabel = "N", description = "Boards at the same time (default: one a processor).")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Option(names = "--report", paramLabel = "FILE", description = "Write the result as a web page.")
    private @Nullable Path report;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try {
            return rehearse();
        } catch (RehearsalException wrong) {
            throw new UserError(String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private int rehearse() {
        int cutCount = count("--cuts", cuts);
        int doubleCount = doubles == null ? -1 : count("--double", doubles);
        Board described = Board.find(board);
        if (jobs < 1 || startsOnTrial < 1 || startsOnTrial > 255) {
            throw new UserError("--jobs takes 1 or more, --trial-attempts 1 to 255.");
        }
        if (places < 1) {
            throw new UserError("--places takes 1 or more, not " + places + ".");
        }
        if (run < 0 || run > LONGEST_RUN) {
            throw new UserError("--run takes seconds from 0 to " + LONGEST_RUN + ", not " + run + ".");
        }
        if (run == 0 && (settings != null || online)) {
            throw new UserError("--settings and --online are for the run of the new firmware: leave out --run 0.");
        }
        if (glitch != null && (glitch < 1 || report != null || staging.isOutside())) {
            throw new UserError(
                    "--glitch takes 1 or more, an update inside the chip, and writes no --report; use --json.");
        }
        if (!looks.equals("drawn") && !looks.equals("each")) {
            throw new UserError("--looks takes drawn or each, not '" + looks + "'.");
        }
        if (noFallback && !staging.isOutside()) {
            throw new UserError(
                    "--no-fallback goes with --staging card or nor: inside the chip the old image is always kept.");
        }
        Rehearsed rehearsed =
                new RehearsalInput(described, board, from, to, key, bootloader, decrypt, staging, startsOnTrial).read();
        InstallCheck.check(described, rehearsed.newImage());
        Rehearsal rehearsal = Rehearsal.of(
                        board, rehearsed.bootloader(), rehearsed.oldImage(), rehearsed.newImage(), rehearsed.opens())
                .staging(staging, !noFallback)
                .cuts(cutCount)
                .faults(faults, places)
                .everyLook(looks.equals("each"))
                .seed(seed)
                .crypto(crypto)
                .startsOnTrial(startsOnTrial)
                .pruning(!unpruned)
                .jobs(jobs);
        if (run > 0) {
            rehearsal = rehearsal.runningIn(surroundings(described));
        }
        if (doubleCount == 0) {
            rehearsal = rehearsal.secondCuts(Integer.MAX_VALUE, 0);
        } else if (doubleCount > 0) {
            rehearsal = rehearsal.secondCuts(
                    Math.ceilDiv(doubleCount, SECOND_CUTS_EACH), Math.min(doubleCount, SECOND_CUTS_EACH));
        }
        try (ProgressBar bar = new ProgressBar(
                spec.commandLine().getErr(), isTerminal(), glitch == null ? "cut points" : "instructions")) {
            return glitch == null ? show(rehearsal.run(bar)) : show(rehearsal.glitch(glitch, bar));
        }
    }

    @SuppressWarnings("SystemConsoleNull") // where the launcher has no terminal it still may be null
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private Surroundings surroundings(Board described) {
        byte[] sector = settings == null ? new byte[0] : DeviceSettings.sector(InputFile.bytes(settings), settings);
        return new Surroundings(
                run,
                Bytes.wrapping(sector),
                described.map().settings().start(),
                online ? HostNetwork::new : NoNetwork::new);
    }

    private int show(RehearsalResult result) {
        if (report != null) {
            OutputFile.write(report, HtmlReport.of(result).getBytes(StandardCharsets.UTF_8));
        }
        spec.commandLine().getOut().println(json ? ResultJson.of(result) : ResultText.of(result));
        return result.passed() ? 0 : 1;
    }

    private int show(GlitchResult result) {
        spec.commandLine().getOut().println(json ? ResultJson.of(result) : GlitchText.of(result));
        return result.passed() ? 0 : 1;
    }

    /** 0 for all. */
    private static int count(String option, String text) {
        if (text.toLowerCase(Locale.ROOT).equals("all")) {
            return 0;
        }
        try {
            int count = Integer.parseInt(text);
            if (count > 0) {
                return count;
            }
        } catch (NumberFormatException noNumber) {
            // said below
        }
        throw new UserError(option + " takes 'all' or a number from 1 on, not '" + text + "'.");
    }
}
