package dev.updraft.server.backup;

import java.io.ByteArrayOutputStream;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One row as a line: a JSON list of numbers, texts, nulls, and {@code {"bytes":"BASE64"}}. */
final class Row {
    private static final JsonMapper JSON = new JsonMapper();

    private Row() {}

    static byte[] write(ResultSet row, int columns) throws SQLException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator line = JSON.createGenerator(out)) {
            line.writeStartArray();
            for (int i = 1; i <= columns; i++) {
                value(line, row.getObject(i));
            }
            line.writeEndArray();
        }
        out.write('\n');
        return out.toByteArray();
    }

    private static void value(JsonGenerator line, @Nullable Object value) throws SQLException {
        switch (value) {
            case null -> line.writeNull();
            case Integer number -> line.writeNumber(number);
            case Long number -> line.writeNumber(number);
            case Short number -> line.writeNumber(number);
            case Double number -> line.writeNumber(number);
            case String text -> line.writeString(text);
            case byte[] bytes -> {
                line.writeStartObject();
                line.writeStringProperty("bytes", Base64.getEncoder().encodeToString(bytes));
                line.writeEndObject();
            }
            default ->
                throw new SQLException("a column of type " + value.getClass().getName() + " has no form here");
        }
    }

    static void read(String line, PreparedStatement into) throws SQLException {
        JsonNode values = JSON.readTree(line);
        for (int i = 0; i < values.size(); i++) {
            JsonNode value = values.get(i);
            if (value.isNull()) {
                into.setNull(i + 1, Types.NULL);
            } else if (value.isIntegralNumber()) {
                into.setLong(i + 1, value.asLong());
            } else if (value.isNumber()) {
                into.setDouble(i + 1, value.asDouble());
            } else if (value.isObject()) {
                into.setBytes(
                        i + 1, Base64.getDecoder().decode(value.path("bytes").asString()));
            } else {
                into.setString(i + 1, value.asString());
            }
        }
    }
}
