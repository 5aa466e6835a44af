package dev.updraft.server.device;

import dev.updraft.server.fleet.Digest;
import dev.updraft.server.http.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads one map whose keys are numbers in CBOR and names in JSON. */
final class Fields {
    private final Encoding encoding;
    private final JsonParser parser;

    private Fields(Encoding encoding, JsonParser parser) {
        this.encoding = encoding;
        this.parser = parser;
    }

    /** Takes the value of {@code name}; unknown names are left to be skipped. */
    interface Field {
        void read(String name, Fields value);
    }

    /**
     * Reads {@code body} field by field.
     *
     * @param names the JSON name of each CBOR key, from key 1
     * @throws Problem 400 if it is not one well-formed map
     */
    static void read(Encoding encoding, byte[] body, String[] names, Field field) {
        try (JsonParser parser = encoding.parser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Problem.badRequest("The body must be one map.");
            }
            Fields fields = new Fields(encoding, parser);
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = fields.name(parser.currentName(), names);
                parser.nextToken();
                field.read(name, fields);
                parser.skipChildren();
            }
            if (parser.nextToken() != null) {
                throw Problem.badRequest("There is more after the map.");
            }
        } catch (JacksonException e) {
            throw Problem.badRequest("The body is not well-formed " + encoding + ".");
        }
    }

    private String name(String key, String[] names) {
        if (encoding == Encoding.JSON) {
            return key;
        }
        if (key.length() > 2 || !key.chars().allMatch(c -> c >= '0' && c <= '9') || key.isEmpty()) {
            return "";
        }
        int number = Integer.parseInt(key);
        return number >= 1 && number <= names.length ? names[number - 1] : "";
    }

    Digest digest(String name) {
        try {
            if (encoding == Encoding.CBOR && parser.currentToken() == JsonToken.VALUE_EMBEDDED_OBJECT) {
                return Digest.of(parser.getBinaryValue());
            }
            if (encoding == Encoding.JSON && parser.currentToken() == JsonToken.VALUE_STRING) {
                return Digest.of(parser.getString());
            }
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(
                    "'" + name + "' must have 32 bytes" + (encoding == Encoding.JSON ? " in hex." : "."));
        }
        throw wrong(name, encoding == Encoding.CBOR ? "32 bytes" : "64 hex digits");
    }

    String text(String name, int longest) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw wrong(name, "text");
        }
        String text = parser.getString();
        if (text.indexOf(0) >= 0) {
            throw wrong(name, "text without the character NUL");
        }
        if (text.length() > longest) {
            throw wrong(name, "text of at most " + longest + " characters");
        }
        return text;
    }

    long number(String name) {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw wrong(name, "a whole number");
        }
        long number;
        try {
            number = parser.getLongValue();
        } catch (JacksonException e) {
            throw wrong(name, "a whole number below 2^63");
        }
        if (number < 0) {
            throw wrong(name, "a number that is not negative");
        }
        return number;
    }

    boolean flag(String name) {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw wrong(name, "true or false");
        };
    }

    boolean isText() {
        return parser.currentToken() == JsonToken.VALUE_STRING;
    }

    boolean isList() {
        return parser.currentToken() == JsonToken.START_ARRAY;
    }

    /** Goes to the next element of a list; false at its end. */
    boolean next() {
        return parser.nextToken() != JsonToken.END_ARRAY;
    }

    Map<String, String> texts(String name, int most, int longest) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw wrong(name, "a map of text to text");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            if (key.isEmpty() || key.indexOf(0) >= 0 || key.length() > 64 || texts.size() == most) {
                throw wrong(name, "a map of at most " + most + " names of 1 to 64 characters");
            }
            texts.put(key, text(name, longest));
        }
        return Map.copyOf(texts);
    }

    static Problem wrong(String name, String must) {
        return Problem.badRequest("'" + name + "' must be " + must + ".");
    }
}
