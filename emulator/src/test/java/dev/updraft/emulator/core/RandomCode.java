package dev.updraft.emulator.core;

import dev.updraft.emulator.core.Encodings.Fields;
import dev.updraft.emulator.core.Encodings.Kind;
import dev.updraft.emulator.core.Encodings.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random programs without UNPREDICTABLE instructions, that end where they are told to: straight code, IT blocks, forward branches of
 * every kind, counted loops, calls. Before an instruction that accesses memory its base is loaded, so that the access hits RAM.
 */
final class RandomCode {
    static final int RAM = 0x2000_0000;
    static final int RAM_SIZE = 0x1_0000;
    /** Where sp is at the start; what moves it far is followed by putting it back. */
    static final int STACK = RAM + RAM_SIZE / 2;

    private static final int NOBODY = -1;

    private final Random random;
    private final List<Row> rows;
    private List<Integer> code = new ArrayList<>();
    private int origin;
    private int reserved = NOBODY;
    private boolean leaf;

    RandomCode(Random random, List<Row> rows) {
        this.random = random;
        this.rows = rows;
    }

    /** Halfwords of a program that will stand at an address. */
    short[] program(int address, int units) {
        code = new ArrayList<>();
        origin = address;
        wide(0xF3BF_8F2F); // clrex
        units(units, 0);
        short[] out = new short[code.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = (short) (int) code.get(i);
        }
        return out;
    }

    private int here() {
        return origin + 2 * code.size();
    }

    private void units(int count, int depth) {
        for (int i = 0; i < count; i++) {
            int choice = random.nextInt(24);
            if (choice == 0 && depth < 2) {
                skip(depth);
            } else if (choice == 1 && depth < 2 && reserved == NOBODY) {
                loop(depth);
            } else if (choice == 2 && depth < 2 && !leaf) {
                call(depth);
            } else if (choice <= 4) {
                ifThen();
            } else {
                one(false, true);
            }
        }
    }

    private void emit(int halfword) {
        code.add(halfword & 0xFFFF);
    }

    private void wide(int encoding) {
        emit(encoding >>> 16);
        emit(encoding);
    }

    /** MOVW and MOVT. */
    private void load(int register, int value) {
        move(0xF240_0000, register, value & 0xFFFF);
        move(0xF2C0_0000, register, value >>> 16);
    }

    private void move(int base, int register, int half) {
        wide(base | (half & 0xF000) << 4 | (half & 0x800) << 15 | (half & 0x700) << 4 | half & 0xFF | register << 8);
    }

    /** A register that may be overwritten. */
    private int scratch() {
        while (true) {
            int register = random.nextInt(leaf ? 13 : 15);
            if (register != 13 && register != reserved) {
                return register;
            }
        }
    }

    private void one(boolean inIt, boolean memory) {
        while (true) {
            Row row = rows.get(random.nextInt(rows.size()));
            if (inIt && !row.allowedInIt || !memory && row.kind != Kind.DATA) {
                continue;
            }
            int encoding = row.draw(random);
            Fields fields = row.fields(encoding, inIt);
            if (!row.defined(fields) || touchesReserved(row, fields) || inIt && movesStack(row, fields)) {
                continue;
            }
            if (row.kind != Kind.DATA && !prepare(row, fields)) {
                continue;
            }
            if (row.bits.length() == 32) {
                wide(encoding);
            } else {
                emit(encoding);
            }
            if (movesStack(row, fields)) {
                restoreStack();
            }
            return;
        }
    }

    private void restoreStack() {
        int register = scratch();
        load(register, STACK + 4 * random.nextInt(64));
        emit(0x4680 | register << 3 | 5); // mov sp, rN
    }

    /** A loop's counter and a leaf's return address stay as they are. */
    private boolean touchesReserved(Row row, Fields fields) {
        return uses(row, fields, reserved) || leaf && uses(row, fields, 14);
    }

    private static boolean uses(Row row, Fields fields, int register) {
        if (register == NOBODY) {
            return false;
        }
        for (char field : Encodings.REGISTERS) {
            if (row.has(field) && row.width(field) <= 4 && fields.is(field, register)) {
                return true;
            }
        }
        if (!row.has('r')) {
            return false;
        }
        int list = fields.get('r');
        int link = row.bits.length() == 32 ? 13 : 8; // where r14 is in a list; LDM and POP of 16 bits have none
        return register == 14 ? (list >>> link & 1) != 0 : register < link && (list >>> register & 1) != 0;
    }

    private static boolean movesStack(Row row, Fields fields) {
        boolean destination = row.has('d') && row.width('d') == 4 && fields.is('d', 13);
        boolean loaded = row.has('t') && row.width('t') == 4 && fields.is('t', 13);
        boolean based = row.has('w') && row.width('n') == 4 && fields.is('n', 13);
        return destination || loaded || based || row.name.equals("ADD, SUB sp, sp");
    }

    /** Loads base and index so that the access hits RAM; false when the registers do not allow it. */
    private boolean prepare(Row row, Fields fields) {
        boolean onStack = !row.has('n') || fields.is('n', 13);
        int base = fields.get('n');
        boolean indexed = row.has('m');
        if (indexed && base == fields.get('m')) {
            return false;
        }
        int target = RAM + 0x3000 + random.nextInt(0xA000) & (row.kind == Kind.WORDS || random.nextBoolean() ? ~3 : ~0);
        int index = indexed ? random.nextInt(-500, 500) : 0;
        if (!onStack) {
            load(base, target - row.offset.applyAsInt(fields) - (index << row.shift.applyAsInt(fields)));
        }
        if (indexed) {
            load(fields.get('m'), index);
        }
        return true;
    }

    private void ifThen() {
        int length = 1 + random.nextInt(4);
        int cond = random.nextInt(15);
        int mask = 1 << 4 - length;
        for (int i = 1; i < length; i++) {
            boolean same = cond == 14 || random.nextBoolean();
            mask |= (same ? cond & 1 : ~cond & 1) << 4 - i;
        }
        if (random.nextInt(3) == 0 && memoryInIt(cond, length, mask)) {
            return;
        }
        emit(0xBF00 | cond << 4 | mask);
        for (int i = 0; i < length; i++) {
            one(true, false);
        }
    }

    /** An IT block whose first instruction accesses memory: its base is loaded before the IT. */
    private boolean memoryInIt(int cond, int length, int mask) {
        Row row = rows.get(random.nextInt(rows.size()));
        int encoding = row.draw(random);
        Fields fields = row.fields(encoding, true);
        if (row.kind == Kind.DATA
                || !row.allowedInIt
                || !row.defined(fields)
                || touchesReserved(row, fields)
                || movesStack(row, fields)
                || !prepare(row, fields)) {
            return false;
        }
        emit(0xBF00 | cond << 4 | mask);
        if (row.bits.length() == 32) {
            wide(encoding);
        } else {
            emit(encoding);
        }
        for (int i = 1; i < length; i++) {
            one(true, false);
        }
        return true;
    }

    /** Code that a branch jumps over or not. */
    private void skip(int depth) {
        List<Integer> before = code;
        code = new ArrayList<>(before);
        int kind = random.nextInt(Jump.KINDS);
        if (leaf && kind == Jump.LINKING) {
            kind = 0;
        }
        int low = lowScratch();
        for (int i = 0; i < Jump.length(kind); i++) {
            emit(0xBF00);
        }
        units(1 + random.nextInt(3), depth + 1);
        int target = here();
        List<Integer> after = code;
        int body = before.size() + Jump.length(kind);
        code = before;
        List<Integer> jump = Jump.write(kind, here(), target, low, random);
        code.addAll(jump);
        while (code.size() < body) {
            emit(0xBF00);
        }
        code.addAll(after.subList(body, after.size()));
    }

    private int lowScratch() {
        while (true) {
            int register = random.nextInt(8);
            if (register != reserved) {
                return register;
            }
        }
    }

    private void loop(int depth) {
        int counter = lowScratch();
        emit(0x2000 | counter << 8 | 1 + random.nextInt(4)); // movs rN, #k
        int top = here();
        reserved = counter;
        units(1 + random.nextInt(4), depth + 1);
        restoreStack();
        reserved = NOBODY;
        emit(0x3801 | counter << 8); // subs rN, #1
        int distance = (top - here() - 4) / 2;
        if (distance >= -128 && random.nextBoolean()) {
            emit(0xD100 | distance & 0xFF); // bne
        } else {
            wide(0xF040_8000
                    | distance >>> 11 << 16 & 0x3F_0000
                    | distance & 0x7FF
                    | 0x400_0000
                    | 0x2800); // bne.w, backward
        }
    }

    /** A call to a function that stands behind the branch over it. */
    private void call(int depth) {
        wide(0xF000_F801); // bl to behind the next instruction... patched below
        int callAt = code.size() - 2;
        emit(0xBF00); // becomes the branch over the function
        emit(0xBF00);
        int function = code.size();
        leaf = true;
        units(1 + random.nextInt(3), depth + 1);
        leaf = false;
        emit(0x4770); // bx lr
        int over = (code.size() - callAt - 4) * 2;
        int distance = (function - callAt - 2) * 2;
        code.set(callAt, 0xF000);
        code.set(callAt + 1, 0xF800 | distance / 2);
        code.set(callAt + 2, 0xF000 | over >>> 12 & 0x3FF);
        code.set(callAt + 3, 0xB800 | over >>> 1 & 0x7FF);
    }
}
