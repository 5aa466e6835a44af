package dev.updraft.emulator.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * Instruction encodings as the manual draws them: a row of bits, in which letters are fields. d, n, m, a, t, u, l, h are
 * registers; four bits wide they are never 13 or 15 (UNPREDICTABLE for most instructions) unless the row allows it. What else the
 * manual calls UNPREDICTABLE is ruled out by the row's rules.
 */
final class Encodings {
    static final char[] REGISTERS = {'d', 'n', 'm', 'a', 't', 'u', 'l', 'h'};

    /** The fields of one instruction. */
    static final class Fields {
        private final int[] values = new int[128];
        private final boolean inIt;

        Fields(boolean inIt) {
            this.inIt = inIt;
        }

        int get(char field) {
            return values[field];
        }

        boolean is(char field, int value) {
            return values[field] == value;
        }

        boolean inIt() {
            return inIt;
        }
    }

    /** What surroundings an instruction needs. */
    enum Kind {
        DATA,
        /** Accesses memory at base n (13 when there is no field n), plus an offset, plus index m when there is a field m. */
        MEMORY,
        /** As MEMORY, aligned to words. */
        WORDS
    }

    /** One row. */
    static final class Row {
        final String name;
        final String bits;
        final Kind kind;
        private final List<Predicate<Fields>> rules = new ArrayList<>();
        private final StringBuilder allowed = new StringBuilder();
        ToIntFunction<Fields> offset = fields -> 0;
        ToIntFunction<Fields> shift = fields -> 0;
        boolean allowedInIt = true;
        private final int[] widths = new int[128];
        /** The bits that are given, and what they are. */
        private int mask;

        private int value;

        Row(String name, String bits, Kind kind) {
            this.name = name;
            this.bits = bits.replace(" ", "");
            this.kind = kind;
            if (this.bits.length() != 16 && this.bits.length() != 32) {
                throw new IllegalArgumentException(name + " has " + this.bits.length() + " bits");
            }
            for (int i = 0; i < this.bits.length(); i++) {
                char bit = this.bits.charAt(i);
                widths[bit]++;
                mask = mask << 1 | (bit <= '1' ? 1 : 0);
                value = value << 1 | (bit == '1' ? 1 : 0);
            }
        }

        /** Permits sp in a register field. */
        Row sp(String fields) {
            fields.chars().forEach(field -> allowed.append((char) field).append('s'));
            return this;
        }

        /** Permits pc in a register field. */
        Row pc(String fields) {
            fields.chars().forEach(field -> allowed.append((char) field).append('p'));
            return this;
        }

        Row rule(Predicate<Fields> rule) {
            rules.add(rule);
            return this;
        }

        Row offset(ToIntFunction<Fields> distance) {
            offset = distance;
            return this;
        }

        Row shift(ToIntFunction<Fields> amount) {
            shift = amount;
            return this;
        }

        Row notInIt() {
            allowedInIt = false;
            return this;
        }

        boolean has(char field) {
            return widths[field] > 0;
        }

        int width(char field) {
            return widths[field];
        }

        private boolean allows(char field, char which) {
            for (int i = 0; i < allowed.length(); i += 2) {
                if (allowed.charAt(i) == field && allowed.charAt(i + 1) == which) {
                    return true;
                }
            }
            return false;
        }

        /** Whether these fields are an instruction whose effect the manual defines. */
        boolean defined(Fields fields) {
            for (char field : REGISTERS) {
                if (width(field) == 4
                        && (fields.is(field, 13) && !allows(field, 's')
                                || fields.is(field, 15) && !allows(field, 'p'))) {
                    return false;
                }
            }
            return rules.stream().allMatch(rule -> rule.test(fields));
        }

        Fields fields(int encoding, boolean inIt) {
            Fields fields = new Fields(inIt);
            for (int i = 0; i < bits.length(); i++) {
                char field = bits.charAt(i);
                if (field > '1') {
                    fields.values[field] = fields.values[field] << 1 | encoding >>> bits.length() - 1 - i & 1;
                }
            }
            return fields;
        }

        boolean matches(int encoding) {
            return (encoding & mask) == value;
        }

        /** A random encoding, defined or not. */
        int draw(Random random) {
            return value | random.nextInt() & ~mask & (bits.length() == 16 ? 0xFFFF : -1);
        }
    }

    final List<Row> rows = new ArrayList<>();

    Row data(String name, String bits) {
        return add(new Row(name, bits, Kind.DATA));
    }

    Row memory(String name, String bits) {
        return add(new Row(name, bits, Kind.MEMORY));
    }

    Row words(String name, String bits) {
        return add(new Row(name, bits, Kind.WORDS));
    }

    private Row add(Row row) {
        rows.add(row);
        return row;
    }
}
