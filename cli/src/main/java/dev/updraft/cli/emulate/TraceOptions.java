package dev.updraft.cli.emulate;

import dev.updraft.cli.UserError;
import dev.updraft.emulator.core.Cpu;
import dev.updraft.emulator.debug.Disassembly;
import dev.updraft.emulator.debug.Profile;
import dev.updraft.emulator.debug.Symbols;
import dev.updraft.emulator.debug.Trace;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that write down what the processor does: trace and profile, with the symbols of the ELF files. */
final class TraceOptions {
    private static final int FUNCTIONS_SHOWN = 40;

    @Option(
            names = "--trace",
            description = "Write each instruction on stderr, or into --trace-to: place, registers that changed.")
    private boolean trace;

    @Option(names = "--trace-calls", description = "Write each call and return instead of each instruction.")
    private boolean calls;

    @Option(names = "--trace-to", paramLabel = "FILE", description = "Where the trace goes instead of stderr.")
    private @Nullable Path traceFile;

    @Option(names = "--profile", description = "At the end, print on stderr how many instructions each function took.")
    private boolean profile;

    @Option(
            names = "--profile-folded",
            paramLabel = "FILE",
            description = "At the end, write the paths of calls for a flame graph: main;update;sha256 12345.")
    private @Nullable Path foldedFile;

    private final List<Path> elves = new ArrayList<>();
    private Symbols symbols = Symbols.NONE;

    /** Takes over the symbols of an ELF file. */
    void add(Path elf) {
        elves.add(elf);
        try {
            symbols = symbols.and(Symbols.ofElf(Files.readAllBytes(elf)));
        } catch (IOException | IllegalArgumentException broken) {
            System.err.println("updraft: note: no symbols from " + elf + ": " + broken.getMessage());
        }
    }

    Symbols symbols() {
        return symbols;
    }

    void checkOptions() {
        if (tracing() && profiling()) {
            throw new UserError("Trace and profile are two runs: give --trace (or --trace-calls) or --profile.");
        }
        if (traceFile != null && !tracing()) {
            throw new UserError("--trace-to says where the trace goes: add --trace or --trace-calls.");
        }
        if ((tracing() || profiling()) && symbols.isEmpty()) {
            System.err.println("updraft: note: without an ELF file with symbols, functions are addresses.");
        }
    }

    private boolean tracing() {
        return trace || calls;
    }

    private boolean profiling() {
        return profile || foldedFile != null;
    }

    /** Begins; what is to be printed at the end is printed when the result is closed. */
    AutoCloseable begin(Cpu cpu) throws IOException {
        if (tracing()) {
            return trace(cpu);
        }
        return profiling() ? profile(cpu) : () -> {};
    }

    private AutoCloseable trace(Cpu cpu) throws IOException {
        PrintWriter out = traceFile == null
                ? new PrintWriter(System.err, false, StandardCharsets.UTF_8)
                : new PrintWriter(Files.newBufferedWriter(traceFile));
        Disassembly disassembly = new Disassembly(cpu);
        elves.forEach(disassembly::add);
        Trace running = calls ? Trace.calls(cpu, symbols, out) : Trace.instructions(cpu, symbols, disassembly::at, out);
        return () -> {
            running.close();
            if (traceFile != null) {
                out.close();
            }
        };
    }

    private AutoCloseable profile(Cpu cpu) {
        Profile running = Profile.of(cpu, symbols);
        return () -> {
            running.close();
            if (profile) {
                System.err.print(running.table(FUNCTIONS_SHOWN));
            }
            if (foldedFile != null) {
                Files.writeString(foldedFile, running.folded());
            }
        };
    }
}
