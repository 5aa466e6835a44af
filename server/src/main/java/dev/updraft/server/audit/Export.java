package dev.updraft.server.audit;

import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The forms in which the audit log leaves. */
final class Export {
    private Export() {}

    enum Form {
        NDJSON("application/x-ndjson", "") {
            @Override
            byte[] line(Audit.Entry entry) {
                return (Json.string(entry) + "\n").getBytes(StandardCharsets.UTF_8);
            }
        },
        /** RFC 4180. */
        CSV("text/csv; charset=utf-8", "id,at,who,method,path,status,address,token,detail\r\n") {
            @Override
            byte[] line(Audit.Entry entry) {
                return (entry.id() + "," + Instant.ofEpochMilli(entry.at()) + "," + quoted(entry.who()) + ","
                                + entry.method() + "," + quoted(entry.path()) + "," + entry.status() + ","
                                + quoted(orNothing(entry.address())) + "," + orNothing(entry.token()) + ","
                                + quoted(orNothing(entry.detail())) + "\r\n")
                        .getBytes(StandardCharsets.UTF_8);
            }
        };

        private final String type;
        private final String head;

        Form(String type, String head) {
            this.type = type;
            this.head = head;
        }

        /** @throws Problem 400 */
        static Form of(String name) {
            return switch (name) {
                case "ndjson" -> NDJSON;
                case "csv" -> CSV;
                default -> throw Problem.badRequest("'format' is ndjson or csv.");
            };
        }

        String type() {
            return type;
        }

        byte[] head() {
            return head.getBytes(StandardCharsets.UTF_8);
        }

        abstract byte[] line(Audit.Entry entry);
    }

    private static String orNothing(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    /** With an apostrophe before what a spreadsheet would take for a formula. */
    private static String quoted(String text) {
        boolean formula = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
        return '"' + (formula ? "'" : "") + text.replace("\"", "\"\"") + '"';
    }
}
