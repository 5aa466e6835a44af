import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Changes one thing at a time in the C of device/agent and device/net, and sees whether a test on this PC notices: README.md. Run by
 * {@code run}, with the repository, a seed, how many mutants, and files.
 */
final class Mutants {
    private static final Pattern TOKEN = Pattern.compile(
            "//[^\\n]*|/\\*.*?\\*/|^[ \\t]*#[^\\n]*|\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])+'"
                    + "|\\b\\d+U?\\b|\\b(?:true|false)\\b|==|!=|<=|>=|&&|\\|\\||\\+=|-=|<<|>>|->|[<>+!-]",
            Pattern.DOTALL | Pattern.MULTILINE);
    private static final Map<String, List<String>> OTHERS = Map.ofEntries(
            Map.entry("==", List.of("!=")),
            Map.entry("!=", List.of("==")),
            Map.entry("<=", List.of("<", ">")),
            Map.entry(">=", List.of(">", "<")),
            Map.entry("<", List.of("<=", ">=")),
            Map.entry(">", List.of(">=", "<=")),
            Map.entry("&&", List.of("||")),
            Map.entry("||", List.of("&&")),
            Map.entry("+", List.of("-")),
            Map.entry("-", List.of("+")),
            Map.entry("+=", List.of("-=")),
            Map.entry("-=", List.of("+=")),
            Map.entry("!", List.of("")),
            Map.entry("true", List.of("false")),
            Map.entry("false", List.of("true")));
    /** A statement that is a call or an assignment, and may be left out. */
    private static final Pattern STATEMENT =
            Pattern.compile("(?m)^( {4,})((?:\\(void\\))?[a-z_][\\w>.\\[\\]-]*(?:\\(| [-+|&]?= |\\+\\+|--)[^;{}]*;)");

    private static final Map<String, List<String>> TESTS = Map.of(
            "cbor.c", List.of("test_messages"),
            "protocol.c", List.of("test_messages", "test_agent"),
            "settings.c", List.of("test_messages"),
            "http.c", List.of("test_http", "test_agent"),
            "http_head.c", List.of("test_http", "test_agent_hostile"),
            "at.c", List.of("test_esp_at"),
            "esp_at.c", List.of("test_esp_at"));
    private static final List<String> OTHER_TESTS = List.of("test_agent", "test_agent_hostile");
    private static final int LONGEST_TEST_SECONDS = 120;

    record Mutant(Path file, int line, int start, int end, String with) {
        String in(String text) {
            return text.substring(0, start) + with + text.substring(end);
        }

        String told(Path root, String text) {
            return root.relativize(file) + ":" + line + " '" + text.substring(start, end).strip() + "' -> '" + with + "'";
        }
    }

    static void main(String[] arguments) throws IOException, InterruptedException {
        Path device = Path.of(arguments[0], "device");
        Random random = new Random(Long.parseLong(arguments[1]));
        List<Mutant> all = new ArrayList<>();
        for (int i = 3; i < arguments.length; i++) {
            all.addAll(of(device.resolve(arguments[i])));
        }
        Collections.shuffle(all, random);
        Map<String, Integer> verdicts = new TreeMap<>();
        for (Mutant mutant : all.subList(0, Math.min(all.size(), Integer.parseInt(arguments[2])))) {
            String text = Files.readString(mutant.file);
            String verdict = judge(device, mutant, text);
            verdicts.merge(verdict, 1, Integer::sum);
            if (verdict.equals("survived")) {
                System.out.println(mutant.told(device, text));
            }
        }
        int killed = verdicts.getOrDefault("killed", 0);
        int survived = verdicts.getOrDefault("survived", 0);
        System.out.printf("%s; %d of %d killed%n", verdicts, killed, killed + survived);
    }

    private static List<Mutant> of(Path file) throws IOException {
        String text = Files.readString(file);
        List<Mutant> found = new ArrayList<>();
        for (Matcher token = TOKEN.matcher(text); token.find(); ) {
            String was = token.group();
            List<String> others = OTHERS.getOrDefault(was, List.of());
            if (was.matches("\\d+U?")) {
                long value = Long.parseLong(was.replace("U", ""));
                others = value == 0 ? List.of("1") : List.of(value + 1 + "", value - 1 + "");
            }
            for (String other : others) {
                found.add(new Mutant(file, line(text, token.start()), token.start(), token.end(), other));
            }
        }
        for (Matcher statement = STATEMENT.matcher(text); statement.find(); ) {
            found.add(new Mutant(file, line(text, statement.start(2)), statement.start(2), statement.end(2), ";"));
        }
        return found;
    }

    private static int line(String text, int at) {
        return (int) text.substring(0, at).lines().count() + (at == 0 || text.charAt(at - 1) == '\n' ? 1 : 0);
    }

    /** killed, survived, invalid (no C), or equivalent (the same machine code). */
    private static String judge(Path device, Mutant mutant, String text) throws IOException, InterruptedException {
        byte[] before = code(device, mutant.file);
        Files.writeString(mutant.file, mutant.in(text));
        try {
            byte[] after = code(device, mutant.file);
            if (after.length == 0) {
                return "invalid";
            }
            if (java.util.Arrays.equals(before, after)) {
                return "equivalent";
            }
            for (String test : TESTS.getOrDefault(mutant.file.getFileName().toString(), OTHER_TESTS)) {
                if (run(device, "make", "-s", "BUILD=" + device.resolve("mutated"), "run-" + test) != 0) {
                    return "killed";
                }
            }
            return "survived";
        } finally {
            Files.writeString(mutant.file, text);
        }
    }

    private static byte[] code(Path device, Path file) throws IOException, InterruptedException {
        Path object = device.resolve("mutant.o");
        Files.deleteIfExists(object);
        run(device, "gcc", "-std=c11", "-O2", "-w", "-Werror=return-type", "-Werror=incompatible-pointer-types", "-Werror=int-conversion",
                "-I.", "-Icore", "-Iagent", "-Iport", "-isystem", System.getenv("MBEDTLS") + "/include", "-c", file.toString(), "-o",
                object.toString());
        if (!Files.exists(object)) {
            return new byte[0];
        }
        Process dump = new ProcessBuilder("objdump", "-dr", object.toString()).start();
        try (Stream<String> lines = dump.inputReader().lines()) {
            return lines.skip(3).reduce("", (a, b) -> a + b + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    private static int run(Path in, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(in.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(LONGEST_TEST_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            return 1; // a mutant that never ends is noticed
        }
        return process.exitValue();
    }
}
