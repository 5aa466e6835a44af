package dev.updraft.server.filter;

import cz.jirutka.rsql.parser.RSQLParser;
import cz.jirutka.rsql.parser.RSQLParserException;
import cz.jirutka.rsql.parser.ast.AndNode;
import cz.jirutka.rsql.parser.ast.ComparisonNode;
import cz.jirutka.rsql.parser.ast.ComparisonOperator;
import cz.jirutka.rsql.parser.ast.LogicalNode;
import cz.jirutka.rsql.parser.ast.Node;
import cz.jirutka.rsql.parser.ast.RSQLOperators;
import dev.updraft.server.http.Problem;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A filter such as {@code board==stm32f407;version=lt=1.2.0,tag==beta}: {@code ;} is and, {@code ,} is or, {@code *} in a value of
 * {@code ==} stands for anything. Numbers and versions compare by their parts, everything else as text.
 */
public final class Filter {
    private static final Pattern NUMBERS = Pattern.compile("\\d+([.+]\\d+)*");
    private static final int LONGEST = 4_096;
    private static final int DEEPEST = 50;

    /** Of a field that something has not, and of one that it has. */
    private static final ComparisonOperator IS = new ComparisonOperator("=is=");

    private static final ComparisonOperator NOT = new ComparisonOperator("=not=");

    private static final RSQLParser PARSER =
            new RSQLParser(Stream.concat(RSQLOperators.defaultOperators().stream(), Stream.of(IS, NOT))
                    .collect(Collectors.toSet()));

    private Filter() {}

    /** The values that a field of something has: none, one, or for a list several. */
    public interface Fields<T> {
        /** @throws Problem 400 if there is no such field */
        Function<T, Collection<String>> field(String name);

        /**
         * What is true of a thing if one of its values of field {@code name} passes {@code test}.
         *
         * @param named what the filter compares with, as it is written there
         */
        default Predicate<T> any(String name, Predicate<String> test, List<String> named) {
            Function<T, Collection<String>> field = field(name);
            return value -> field.apply(value).stream().anyMatch(test);
        }
    }

    /** @throws Problem 400 with a sentence that says where the filter is wrong */
    public static <T> Predicate<T> parse(String filter, Fields<T> fields) {
        if (filter.isBlank()) {
            return all -> true;
        }
        return predicate(tree(filter), fields);
    }

    /**
     * A filter that is not blank, for who goes through it another way.
     *
     * @throws Problem 400 as {@link #parse}
     */
    public static Node tree(String filter) {
        if (filter.length() > LONGEST) {
            throw Problem.badRequest("A filter has at most " + LONGEST + " characters.");
        }
        requireShallow(filter);
        try {
            Node tree = PARSER.parse(filter);
            requireNull(tree);
            return tree;
        } catch (RSQLParserException e) {
            throw Problem.badRequest("The filter '" + filter + "' is not understood; write it like"
                    + " board==stm32f407;version=lt=1.2.0,tag==beta.");
        }
    }

    /** {@code =is=} and {@code =not=} compare with nothing but null. */
    private static void requireNull(Node node) {
        if (node instanceof LogicalNode logical) {
            logical.getChildren().forEach(Filter::requireNull);
        } else if (node instanceof ComparisonNode one
                && (one.getOperator().equals(IS) || one.getOperator().equals(NOT))
                && !one.getArguments().getFirst().equals("null")) {
            throw Problem.badRequest("Write " + one.getSelector() + one.getOperator() + "null.");
        }
    }

    /** By count, so that a filter that was taken once is taken at every start: how deep a stack goes depends on what was compiled. */
    private static void requireShallow(String filter) {
        int depth = 0;
        char quote = 0;
        for (int i = 0; i < filter.length(); i++) {
            char c = filter.charAt(i);
            if (quote != 0) {
                if (c == '\\') {
                    i++;
                } else if (c == quote) {
                    quote = 0;
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '(' && ++depth > DEEPEST) {
                throw Problem.badRequest("The filter has more than " + DEEPEST + " brackets inside each other.");
            } else if (c == ')') {
                depth--;
            }
        }
    }

    /**
     * {@code filter} with every field {@code from} called {@code to}.
     *
     * @throws Problem 400 as {@link #parse}
     */
    public static String renamed(String filter, String from, String to) {
        parse(filter, name -> value -> List.of());
        return filter.isBlank() ? filter : renamed(tree(filter), from, to).toString();
    }

    private static Node renamed(Node node, String from, String to) {
        return switch (node) {
            case LogicalNode logical ->
                logical.withChildren(logical.getChildren().stream()
                        .map(child -> renamed(child, from, to))
                        .toList());
            case ComparisonNode one when one.getSelector().equals(from) -> one.withSelector(to);
            default -> node;
        };
    }

    private static <T> Predicate<T> predicate(Node node, Fields<T> fields) {
        if (node instanceof LogicalNode logical) {
            List<Predicate<T>> parts = logical.getChildren().stream()
                    .map(child -> predicate(child, fields))
                    .toList();
            return node instanceof AndNode
                    ? value -> parts.stream().allMatch(part -> part.test(value))
                    : value -> parts.stream().anyMatch(part -> part.test(value));
        }
        return comparison((ComparisonNode) node, fields);
    }

    private static <T> Predicate<T> comparison(ComparisonNode node, Fields<T> fields) {
        List<String> arguments = node.getArguments();
        String first = arguments.getFirst();
        Function<Predicate<String>, Predicate<T>> any =
                test -> fields.any(node.getSelector(), test, List.copyOf(arguments));
        return switch (node.getOperator().getSymbol()) {
            case "==" -> any.apply(matching(first));
            case "!=" -> Predicate.not(any.apply(matching(first)));
            case "=in=" -> any.apply(arguments::contains);
            case "=out=" -> Predicate.not(any.apply(arguments::contains));
            case "=is=" -> Predicate.not(any.apply(value -> !value.isEmpty()));
            case "=not=" -> any.apply(value -> !value.isEmpty());
            case "=gt=", ">" -> any.apply(value -> compare(value, first) > 0);
            case "=ge=", ">=" -> any.apply(value -> compare(value, first) >= 0);
            case "=lt=", "<" -> any.apply(value -> compare(value, first) < 0);
            case "=le=", "<=" -> any.apply(value -> compare(value, first) <= 0);
            default ->
                throw Problem.badRequest(
                        "The filter operator " + node.getOperator().getSymbol() + " is not known here.");
        };
    }

    private static Predicate<String> matching(String wanted) {
        if (wanted.indexOf('*') < 0) {
            return wanted::equalsIgnoreCase;
        }
        String[] literals = wanted.toLowerCase(Locale.ROOT).split("\\*", -1);
        return value -> wildcard(value.toLowerCase(Locale.ROOT), literals);
    }

    /** Leftmost matches of each literal in turn: linear, where a regular expression could be made to backtrack. */
    private static boolean wildcard(String value, String[] literals) {
        String last = literals[literals.length - 1];
        if (!value.startsWith(literals[0])) {
            return false;
        }
        int at = literals[0].length();
        for (int i = 1; i < literals.length - 1; i++) {
            int found = value.indexOf(literals[i], at);
            if (found < 0) {
                return false;
            }
            at = found + literals[i].length();
        }
        return value.length() - last.length() >= at && value.endsWith(last);
    }

    /** The order that {@code =lt=} and its like go by. */
    public static int compare(String a, String b) {
        if (!NUMBERS.matcher(a).matches() || !NUMBERS.matcher(b).matches()) {
            return a.compareToIgnoreCase(b);
        }
        String[] as = a.split("[.+]");
        String[] bs = b.split("[.+]");
        for (int i = 0; i < Math.max(as.length, bs.length); i++) {
            int order = number(as, i).compareTo(number(bs, i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static java.math.BigInteger number(String[] parts, int i) {
        return i < parts.length ? new java.math.BigInteger(parts[i]) : java.math.BigInteger.ZERO;
    }
}
