package dev.updraft.cli.fleet;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** How an answer is printed: a table for people, or with {@code --json} what the server said. */
final class Output {
    @Option(names = "--json", description = "Print what the server says, as JSON.")
    private boolean json;

    /** Prints the list {@code name} of {@code answer}, one column a member; members that name a time are told as one. */
    void table(CommandSpec spec, JsonNode answer, String name, String... members) {
        table(spec, answer, name, JsonNode::path, members);
    }

    /** @param value what an element has to say in a column */
    void table(
            CommandSpec spec,
            JsonNode answer,
            String name,
            BiFunction<JsonNode, String, JsonNode> value,
            String... members) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(answer.toPrettyString());
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(members).stream()
                .map(member -> member.toUpperCase(Locale.ROOT))
                .toList());
        for (JsonNode element : answer.path(name)) {
            List<String> row = new ArrayList<>();
            for (String member : members) {
                row.add(cell(member, value.apply(element, member)));
            }
            rows.add(row);
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                int column = i;
                int width = rows.stream()
                        .mapToInt(other -> other.get(column).length())
                        .max()
                        .orElse(0);
                line.append(i == row.size() - 1 ? row.get(i) : pad(row.get(i), width + 2));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    /** Prints {@code sentence}, or the answer. */
    void say(CommandSpec spec, JsonNode answer, String sentence) {
        spec.commandLine().getOut().println(json ? answer.toPrettyString() : sentence);
    }

    /** Prints the answer, or whatever {@code people} prints. */
    void either(CommandSpec spec, JsonNode answer, Runnable people) {
        if (json) {
            spec.commandLine().getOut().println(answer.toPrettyString());
        } else {
            people.run();
        }
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String cell(String member, JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "-";
        }
        if (List.of("created", "expires", "lastSeen", "at", "changed").contains(member)) {
            return Instant.ofEpochMilli(value.asLong()).toString();
        }
        if (value.isArray()) {
            return value.isEmpty()
                    ? "-"
                    : String.join(
                            ",",
                            StreamSupport.stream(value.spliterator(), false)
                                    .map(JsonNode::asString)
                                    .toList());
        }
        return value.asString();
    }
}
