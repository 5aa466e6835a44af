package dev.updraft.cli.delta;

import dev.updraft.cli.file.InputFile;
import dev.updraft.delta.Header;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code updraft delta info}. */
@Command(name = "info", mixinStandardHelpOptions = true, description = "Says what a patch is from, to and for.")
final class InfoCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PATCH", description = "The patch.")
    private Path file;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        byte[] patch = InputFile.bytes(file);
        Header header = Patches.of(file, () -> Header.of(patch));
        PrintWriter out = spec.commandLine().getOut();
        out.println("patch    " + patch.length + " bytes, for decoders with "
                + header.ram().kilobytes() + " KB of RAM");
        out.println("from     "
                + (header.oldSize() == 0 ? "no image" : header.oldDigest() + ", " + header.oldSize() + " bytes"));
        out.println("to       " + header.newDigest() + ", " + header.newSize() + " bytes");
        out.printf("address  0x%08x%n", header.base());
        out.println("frames   " + (header.newSize() + header.frameSize() - 1) / header.frameSize() + " of "
                + header.frameSize() + " bytes");
        return 0;
    }
}
