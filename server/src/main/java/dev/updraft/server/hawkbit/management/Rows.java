package dev.updraft.server.hawkbit.management;

import cz.jirutka.rsql.parser.ast.AndNode;
import cz.jirutka.rsql.parser.ast.ComparisonNode;
import cz.jirutka.rsql.parser.ast.LogicalNode;
import cz.jirutka.rsql.parser.ast.Node;
import dev.updraft.server.filter.Filter;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.http.Page;
import dev.updraft.server.store.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A list that the database filters, sorts and cuts: only a page of it is ever read.
 *
 * @param select what is read of each row, and from where
 * @param from the tables, with aliases, and a condition that can be gone on with AND
 * @param order what a row is sorted by if the request does not say: unique, so that pages do not overlap
 */
record Rows<T>(Database database, String select, String from, String order, Fields fields, RowMapper<T> mapper) {

    /** What a list can be filtered and sorted by, by the lower-case name. */
    interface Fields {
        /** Null if there is no such field. */
        @Nullable
        Field of(String name);
    }

    /**
     * A field in SQL.
     *
     * @param sql its value
     * @param kind of the value
     * @param around for one that is elsewhere and may have several values: a condition, with %s for that on the value
     * @param arguments of {@code around}
     * @param words what it can be; empty = anything
     */
    record Field(String sql, Kind kind, @Nullable String around, List<Object> arguments, List<String> words) {
        enum Kind {
            TEXT,
            NUMBER
        }

        static Field text(String sql) {
            return new Field(sql, Kind.TEXT, null, List.of(), List.of());
        }

        static Field number(String sql) {
            return new Field(sql, Kind.NUMBER, null, List.of(), List.of());
        }

        /** 0 or 1 in the table. */
        static Field flag(String sql) {
            return word("CASE WHEN " + sql + " THEN 'true' ELSE 'false' END", List.of("true", "false"));
        }

        static Field word(String sql, List<String> words) {
            return new Field(sql, Kind.TEXT, null, List.of(), words);
        }

        static Field within(String around, String sql, Object... arguments) {
            return new Field(sql, Kind.TEXT, around, List.of(arguments), List.of());
        }
    }

    /** The fields that nearly everything has, in a table with the alias {@code of}. */
    static @Nullable Field usual(String name, String of) {
        return switch (name) {
            case "id" -> Field.number(of + ".key");
            case "name", "description" -> Field.text(of + "." + name);
            case "createdat" -> Field.number(of + ".created");
            case "createdby" ->
                Field.text("CASE WHEN " + of + ".creator = '' THEN 'system' ELSE " + of + ".creator END");
            case "lastmodifiedat" ->
                Field.number("CASE WHEN " + of + ".changed = 0 THEN " + of + ".created ELSE " + of + ".changed END");
            case "lastmodifiedby" ->
                Field.text("CASE WHEN " + of + ".changer = '' THEN CASE WHEN " + of
                        + ".creator = '' THEN 'system' ELSE " + of + ".creator END ELSE " + of + ".changer END");
            default -> null;
        };
    }

    /** @param arguments of {@code from} */
    ObjectNode page(Listing listing, Function<T, ObjectNode> view, Object... arguments) {
        Where where = new Where();
        String condition = Listing.filtered(() -> listing.q().isBlank() ? "1 = 1" : where.of(Filter.tree(listing.q())));
        String sorted = sorted(listing);
        ObjectNode answer = HawkbitJson.object();
        ArrayNode content = answer.putArray("content");
        List<Object> all = new ArrayList<>(List.of(arguments));
        all.addAll(where.arguments);
        long total = Page.scan(() -> database.read(handle -> {
            Query rows = handle.createQuery("SELECT " + select + " FROM " + from + " AND " + condition + " ORDER BY "
                    + sorted + " LIMIT ? OFFSET ?");
            int at = bind(rows, all);
            rows.bind(at, listing.limit()).bind(at + 1, listing.offset());
            rows.map(mapper).list().forEach(row -> content.add(view.apply(row)));
            Query count = handle.createQuery("SELECT count(*) FROM " + from + " AND " + condition);
            bind(count, all);
            return count.mapTo(Long.class).one();
        }));
        return Listing.sized(answer, content, total);
    }

    private static int bind(Query query, List<Object> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            query.bind(i, arguments.get(i));
        }
        return arguments.size();
    }

    private String sorted(Listing listing) {
        StringBuilder sorted = new StringBuilder();
        for (Listing.By by : listing.order()) {
            Field field = fields.of(by.field().toLowerCase(Locale.ROOT));
            if (field == null || field.around() != null) {
                throw Listing.noSort(by.field());
            }
            sorted.append(field.sql()).append(by.down() ? " DESC, " : ", ");
        }
        return sorted.append(order).toString();
    }

    /** A filter as a condition; values are never part of its text. */
    private final class Where {
        private final List<Object> arguments = new ArrayList<>();

        String of(Node node) {
            if (node instanceof LogicalNode logical) {
                List<String> parts =
                        logical.getChildren().stream().map(this::of).toList();
                return "(" + String.join(node instanceof AndNode ? " AND " : " OR ", parts) + ")";
            }
            return comparison((ComparisonNode) node);
        }

        private String comparison(ComparisonNode node) {
            Field field = fields.of(node.getSelector().toLowerCase(Locale.ROOT));
            if (field == null) {
                throw Listing.noField(node.getSelector());
            }
            List<String> values = node.getArguments();
            String first = values.getFirst();
            return switch (node.getOperator().getSymbol()) {
                case "==" -> any(field, () -> equal(field, first));
                case "!=" -> "NOT " + any(field, () -> equal(field, first));
                case "=in=" -> any(field, () -> oneOf(field, values));
                case "=out=" -> "NOT " + any(field, () -> oneOf(field, values));
                case "=gt=", ">" -> any(field, () -> than(field, " > ", first));
                case "=ge=", ">=" -> any(field, () -> than(field, " >= ", first));
                case "=lt=", "<" -> any(field, () -> than(field, " < ", first));
                case "=le=", "<=" -> any(field, () -> than(field, " <= ", first));
                case "=is=" -> "NOT " + any(field, () -> "1 = 1");
                case "=not=" -> any(field, () -> "1 = 1");
                default -> throw Refusal.FILTER_SYNTAX.of("This operator is not known.");
            };
        }

        private String any(Field field, java.util.function.Supplier<String> condition) {
            arguments.addAll(field.arguments());
            String on = "(" + field.sql() + " IS NOT NULL AND " + condition.get() + ")";
            String around = field.around();
            return around == null ? on : around.formatted(on);
        }

        private String oneOf(Field field, List<String> values) {
            return "("
                    + String.join(
                            " OR ",
                            values.stream().map(value -> equal(field, value)).toList())
                    + ")";
        }

        private String equal(Field field, String value) {
            if (field.kind() == Field.Kind.NUMBER) {
                return than(field, " = ", value);
            }
            if (!field.words().isEmpty() && value.indexOf('*') < 0) {
                String word = value.toLowerCase(Locale.ROOT);
                if (!field.words().contains(word)) {
                    throw Refusal.FILTER_FIELD.of("The value is one of " + String.join(", ", field.words()) + ".");
                }
            }
            if (value.indexOf('*') < 0) {
                arguments.add(value);
                return "lower(" + field.sql() + ") = lower(?)";
            }
            arguments.add(value.replace("\\", "\\\\")
                    .replace("%", "\\%")
                    .replace("_", "\\_")
                    .replace('*', '%'));
            return "lower(" + field.sql() + ") LIKE lower(?) ESCAPE '\\'";
        }

        private String than(Field field, String operator, String value) {
            if (field.kind() == Field.Kind.NUMBER) {
                if (!value.matches("-?\\d{1,18}")) {
                    throw Refusal.FILTER_SYNTAX.of("'" + value + "' must be a number here.");
                }
                arguments.add(Long.parseLong(value));
                return field.sql() + operator + "?";
            }
            arguments.add(value);
            return "lower(" + field.sql() + ")" + operator + "lower(?)";
        }
    }
}
