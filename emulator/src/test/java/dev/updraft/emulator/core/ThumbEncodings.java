package dev.updraft.emulator.core;

import dev.updraft.emulator.core.Encodings.Fields;
import dev.updraft.emulator.core.Encodings.Row;

/** Thumb of Armv7E-M (Armv7-M ARM A5.2, A5.3, A7.7) without branches, hints that sleep, and what calls the supervisor or the debugger. */
final class ThumbEncodings {
    private static final String[] DATA = {"0000", "0001", "0010", "0011", "0100", "1000", "1010", "1011", "1101", "1110"
    };

    private ThumbEncodings() {}

    static Encodings all() {
        Encodings table = new Encodings();
        narrow(table);
        narrowMemory(table);
        dataProcessing(table);
        plainImmediate(table);
        registers(table);
        multiplies(table);
        memory(table);
        multiple(table);
        system(table);
        return table;
    }

    private static void narrow(Encodings t) { // A5.2.1 to A5.2.3
        t.data("LSL imm T1", "00000iiiiimmmddd").rule(f -> !f.inIt() || f.get('i') != 0);
        t.data("LSR imm T1", "00001iiiiimmmddd");
        t.data("ASR imm T1", "00010iiiiimmmddd");
        t.data("ADD, SUB T1", "00011oommmnnnddd");
        t.data("MOV, CMP, ADD, SUB imm8", "001oodddiiiiiiii");
        t.data("data processing", "010000oooommmddd");
        t.data("ADD reg T2", "01000100dmmmmddd").sp("dm").pc("m").rule(f -> !f.is('d', 15));
        t.data("CMP reg T2", "01000101nmmmmnnn").sp("nm").rule(f -> f.get('n') >= 8 || f.get('m') >= 8);
        t.data("MOV reg T1", "01000110dmmmmddd").sp("dm").pc("m").rule(f -> !f.is('d', 15));
        t.data("ADR T1", "10100dddiiiiiiii");
        t.data("ADD sp T1", "10101dddiiiiiiii");
        t.data("ADD, SUB sp, sp", "10110000oiiiiiii");
        t.data("extend T1", "10110010oommmddd");
        t.data("REV T1", "1011101000mmmddd");
        t.data("REV16 T1", "1011101001mmmddd");
        t.data("REVSH T1", "1011101011mmmddd");
        t.data("NOP", "1011111100000000");
        t.data("CPS i", "10110110011o0010").notInIt();
    }

    private static void narrowMemory(Encodings t) { // A5.2.4, A5.2.5
        t.data("LDR lit T1", "01001tttiiiiiiii");
        t.memory("load, store reg T1", "0101ooommmnnnttt");
        t.memory("LDR, STR imm T1", "0110oiiiiinnnttt").offset(f -> 4 * f.get('i'));
        t.memory("LDRB, STRB imm T1", "0111oiiiiinnnttt").offset(f -> f.get('i'));
        t.memory("LDRH, STRH imm T1", "1000oiiiiinnnttt").offset(f -> 2 * f.get('i'));
        t.memory("LDR, STR sp T2", "1001otttiiiiiiii").offset(f -> 4 * f.get('i'));
        t.words("PUSH T1", "1011010rrrrrrrrr")
                .rule(f -> f.get('r') != 0)
                .offset(f -> -4 * Integer.bitCount(f.get('r')));
        t.words("POP T1", "10111100rrrrrrrr").rule(f -> f.get('r') != 0);
        t.words("STM T1", "11000nnnrrrrrrrr").rule(f -> f.get('r') != 0).rule(ThumbEncodings::baseIsLowestOrAbsent);
        t.words("LDM T1", "11001nnnrrrrrrrr").rule(f -> f.get('r') != 0);
    }

    private static boolean baseIsLowestOrAbsent(Fields f) {
        return (f.get('r') >>> f.get('n') & 1) == 0 || Integer.numberOfTrailingZeros(f.get('r')) == f.get('n');
    }

    private static void dataProcessing(Encodings t) { // A5.3.1, A5.3.11
        for (String op : DATA) {
            boolean sum = op.equals("1000") || op.equals("1101");
            Row shifted = t.data("shifted register " + op, "1110101oooosnnnn0iiiddddiiyymmmm".replace("oooo", op));
            Row immediate = t.data("modified immediate " + op, "11110j0oooosnnnn0kkkddddiiiiiiii".replace("oooo", op))
                    .rule(ThumbEncodings::expands);
            if (op.equals("0010") || op.equals("0011")) {
                shifted.pc("n");
                immediate.pc("n");
            }
            if (sum) {
                shifted.sp("nd").rule(f -> !f.is('d', 13) || f.is('n', 13) && f.is('y', 0) && f.get('i') <= 3);
                immediate.sp("nd").rule(f -> !f.is('d', 13) || f.is('n', 13));
            }
        }
        for (String op : new String[] {"0000", "0100", "1000", "1101"}) {
            Row shifted = t.data("shifted register test " + op, "1110101oooo1nnnn0iii1111iiyymmmm".replace("oooo", op));
            Row immediate = t.data(
                            "modified immediate test " + op, "11110j0oooo1nnnn0kkk1111iiiiiiii".replace("oooo", op))
                    .rule(ThumbEncodings::expands);
            if (op.startsWith("1")) {
                shifted.sp("n");
                immediate.sp("n");
            }
        }
        t.data("PKH", "111010101100nnnn0iiiddddiio0mmmm");
    }

    /** ThumbExpandImm (A5.3.2): a repeated zero is UNPREDICTABLE. */
    private static boolean expands(Fields f) {
        return f.get('i') != 0 || f.get('j') != 0 || f.get('k') == 0 || f.get('k') >= 4;
    }

    private static void plainImmediate(Encodings t) { // A5.3.3
        t.data("ADDW, ADR", "11110j100000nnnn0kkkddddiiiiiiii")
                .sp("nd")
                .pc("n")
                .rule(f -> !f.is('d', 13) || f.is('n', 13));
        t.data("SUBW, ADR", "11110j101010nnnn0kkkddddiiiiiiii")
                .sp("nd")
                .pc("n")
                .rule(f -> !f.is('d', 13) || f.is('n', 13));
        t.data("MOVW, MOVT", "11110j10o100iiii0iiiddddiiiiiiii");
        t.data("SSAT, USAT", "11110011u0s0nnnn0iiiddddii0wwwww").rule(f -> f.is('s', 0) || f.get('i') != 0);
        t.data("SSAT16, USAT16", "11110011u010nnnn0000dddd0000wwww");
        t.data("SBFX, UBFX", "11110011u100nnnn0iiiddddii0wwwww").rule(f -> f.get('i') + f.get('w') <= 31);
        t.data("BFI, BFC", "111100110110nnnn0iiiddddii0wwwww").pc("n").rule(f -> f.get('w') >= f.get('i'));
    }

    private static void registers(Encodings t) { // A5.3.12 to A5.3.15
        t.data("shift by register", "111110100oosnnnn1111dddd0000mmmm");
        t.data("extend and add", "111110100ooonnnn1111dddd10iimmmm").pc("n").rule(f -> f.get('o') <= 5);
        t.data("parallel", "111110101ooonnnn1111dddd0pppmmmm")
                .rule(f -> f.get('o') != 3 && f.get('o') != 7)
                .rule(f -> f.get('p') != 3 && f.get('p') != 7);
        t.data("QADD, QDADD, QSUB, QDSUB", "111110101000nnnn1111dddd10oommmm");
        t.data("REV, REV16, RBIT, REVSH", "111110101001nnnn1111dddd10oommmm").rule(f -> f.is('n', f.get('m')));
        t.data("SEL", "111110101010nnnn1111dddd1000mmmm");
        t.data("CLZ", "111110101011nnnn1111dddd1000mmmm").rule(f -> f.is('n', f.get('m')));
    }

    private static void multiplies(Encodings t) { // A5.3.16, A5.3.17
        t.data("MLA, MUL", "111110110000nnnnaaaadddd0000mmmm").pc("a");
        t.data("MLS", "111110110000nnnnaaaadddd0001mmmm");
        t.data("SMLAxy, SMULxy", "111110110001nnnnaaaadddd00oommmm").pc("a");
        t.data("SMLAD, SMUAD", "111110110010nnnnaaaadddd000ommmm").pc("a");
        t.data("SMLAWy, SMULWy", "111110110011nnnnaaaadddd000ommmm").pc("a");
        t.data("SMLSD, SMUSD", "111110110100nnnnaaaadddd000ommmm").pc("a");
        t.data("SMMLA, SMMUL", "111110110101nnnnaaaadddd000ommmm").pc("a");
        t.data("SMMLS", "111110110110nnnnaaaadddd000ommmm");
        t.data("USADA8, USAD8", "111110110111nnnnaaaadddd0000mmmm").pc("a");
        for (String op : new String[] {"0000000", "0100000", "1000000", "1100000", "1100110"}) {
            t.data(
                            "long multiply " + op,
                            "111110111ooonnnnllllhhhhppppmmmm"
                                    .replace("ooo", op.substring(0, 3))
                                    .replace("pppp", op.substring(3)))
                    .rule(f -> f.get('l') != f.get('h'));
        }
        t.data("SMLALxy", "111110111100nnnnllllhhhh10oommmm").rule(f -> f.get('l') != f.get('h'));
        t.data("SMLALD, SMLSLD", "11111011110onnnnllllhhhh110xmmmm").rule(f -> f.get('l') != f.get('h'));
        t.data("SDIV, UDIV", "1111101110o1nnnn1111dddd1111mmmm");
    }

    private static void memory(Encodings t) { // A5.3.7 to A5.3.10
        t.memory("STR imm12", "111110001zz0nnnnttttiiiiiiiiiiii")
                .sp("nt")
                .rule(f -> f.get('z') != 3 && (!f.is('t', 13) || f.is('z', 2)))
                .offset(f -> f.get('i'));
        t.memory("LDR imm12", "1111100s1zz1nnnnttttiiiiiiiiiiii")
                .sp("nt")
                .rule(ThumbEncodings::loads)
                .offset(f -> f.get('i'));
        t.memory("STR imm8", "111110000zz0nnnntttt1puwiiiiiiii")
                .sp("nt")
                .rule(f -> f.get('z') != 3 && (!f.is('t', 13) || f.is('z', 2) && !unprivileged(f)))
                .rule(ThumbEncodings::indexes)
                .offset(ThumbEncodings::indexed);
        t.memory("LDR imm8", "1111100s0zz1nnnntttt1puwiiiiiiii")
                .sp("nt")
                .rule(ThumbEncodings::loads)
                .rule(f -> !f.is('t', 13) || !unprivileged(f))
                .rule(ThumbEncodings::indexes)
                .offset(ThumbEncodings::indexed);
        t.memory("STR reg", "111110000zz0nnnntttt000000iimmmm")
                .sp("nt")
                .rule(f -> f.get('z') != 3 && (!f.is('t', 13) || f.is('z', 2)))
                .shift(f -> f.get('i'));
        t.memory("LDR reg", "1111100s0zz1nnnntttt000000iimmmm")
                .sp("nt")
                .rule(ThumbEncodings::loads)
                .shift(f -> f.get('i'));
        t.data("LDR lit", "1111100suzz11111ttttiiiiiiiiiiii").sp("t").rule(ThumbEncodings::loads);
        t.data("PLD, PLI", "1111100s1001nnnn1111iiiiiiiiiiii");
        t.words("LDREX", "111010000101nnnntttt1111iiiiiiii").sp("n").offset(f -> 4 * f.get('i'));
        // Not in an IT block: libunicorn does not stop there, and a difference that the manual allows could not be told
        // from another.
        t.words("STREX", "111010000100nnnnttttddddiiiiiiii")
                .sp("n")
                .notInIt()
                .rule(f -> f.get('d') != f.get('n') && f.get('d') != f.get('t'))
                .offset(f -> 4 * f.get('i'));
        t.words("LDREXB, LDREXH", "111010001101nnnntttt1111010o1111").sp("n");
        t.words("STREXB, STREXH", "111010001100nnnntttt1111010odddd")
                .sp("n")
                .notInIt()
                .rule(f -> f.get('d') != f.get('n') && f.get('d') != f.get('t'));
    }

    /** Sizes: words have no sign; sp takes only words. */
    private static boolean loads(Fields f) {
        return f.get('z') != 3 && (f.is('s', 0) || f.get('z') != 2) && (!f.is('t', 13) || f.is('z', 2));
    }

    private static boolean unprivileged(Fields f) {
        return f.is('p', 1) && f.is('u', 1) && f.is('w', 0);
    }

    private static boolean indexes(Fields f) {
        return f.is('w', 0) ? f.is('p', 1) : f.get('n') != f.get('t');
    }

    /** From the base to the address that is accessed. */
    private static int indexed(Fields f) {
        return f.is('p', 0) ? 0 : f.is('u', 1) ? f.get('i') : -f.get('i');
    }

    private static void multiple(Encodings t) { // A5.3.5, A5.3.6
        t.words("STMIA.W", "1110100010w0nnnn0r0rrrrrrrrrrrrr").sp("n").rule(ThumbEncodings::list);
        t.words("LDMIA.W", "1110100010w1nnnn0r0rrrrrrrrrrrrr").sp("n").rule(ThumbEncodings::list);
        t.words("STMDB", "1110100100w0nnnn0r0rrrrrrrrrrrrr")
                .sp("n")
                .rule(ThumbEncodings::list)
                .offset(f -> -4 * Integer.bitCount(f.get('r')));
        t.words("LDMDB", "1110100100w1nnnn0r0rrrrrrrrrrrrr")
                .sp("n")
                .rule(ThumbEncodings::list)
                .offset(f -> -4 * Integer.bitCount(f.get('r')));
        t.words("LDRD, STRD", "1110100pv1wonnnnttttuuuuiiiiiiii")
                .sp("n")
                .rule(f -> f.is('p', 1) || f.is('w', 1))
                .rule(f -> f.is('w', 0) || f.get('n') != f.get('t') && f.get('n') != f.get('u'))
                .rule(f -> f.is('o', 0) || f.get('t') != f.get('u'))
                .offset(f -> f.is('p', 0) ? 0 : f.is('v', 1) ? 4 * f.get('i') : -4 * f.get('i'));
        t.data("LDRD lit", "11101001v1011111ttttuuuuiiiiiiii").rule(f -> f.get('t') != f.get('u'));
    }

    /** The list without its bits for sp and pc: r14 is bit 13 of the field. At least two registers; a base that is written is not in it. */
    private static boolean list(Fields f) {
        int list = f.get('r') & 0x1FFF | (f.get('r') & 0x2000) << 1;
        return Integer.bitCount(list) >= 2 && (f.is('w', 0) || (list >>> f.get('n') & 1) == 0);
    }

    private static void system(Encodings t) { // A5.3.4, B5.2
        t.data("MSR APSR", "111100111000nnnn1000gg0000000000").rule(f -> f.get('g') != 0);
        t.data("MRS", "11110011111011111000dddd00000sss").rule(f -> f.get('s') != 4);
        t.data("MRS MSP, PSP", "11110011111011111000dddd0000100s");
        t.data("MRS PRIMASK", "11110011111011111000dddd00010000");
        t.data("MSR PRIMASK", "111100111000nnnn1000100000010000");
        t.data("CLREX", "11110011101111111000111100101111");
        t.data("DSB, DMB", "111100111011111110001111010o1111");
        // In an IT block it is defined, too, but libunicorn 2.0.1 forgets ITSTATE behind it.
        t.data("ISB", "11110011101111111000111101101111").notInIt();
        t.data("NOP.W", "11110011101011111000000000000000");
    }
}
