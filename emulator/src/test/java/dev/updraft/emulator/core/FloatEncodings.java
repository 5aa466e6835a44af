package dev.updraft.emulator.core;

import dev.updraft.emulator.core.Encodings.Fields;

/** The floating-point instructions (Armv7-M ARM A6.4 to A6.6, A7.7): FPv4-SP, what FPv5 adds, and double precision. v and x are free fields. */
final class FloatEncodings {
    private FloatEncodings() {}

    static Encodings single() {
        Encodings t = new Encodings();
        arithmetic(t, false);
        conversions(t);
        version5(t);
        transfers(t);
        memory(t);
        return t;
    }

    static Encodings doubles() {
        Encodings t = new Encodings();
        arithmetic(t, true);
        t.data("VCVT to single", "111011101v110111vvvv10111100vvvv");
        t.data("VCVT from single", "1110111010110111vvvv101011v0vvvv");
        t.data("VCVT from int", "1110111010111000vvvv1011s1v0vvvv");
        t.data("VCVT, VCVTR to int", "111011101v11110uvvvv1011r100vvvv");
        t.data("VCVT fixed", "1110111010111o1uvvvv1011z1i0jjjj").rule(FloatEncodings::fits);
        return t;
    }

    private static void arithmetic(Encodings t, boolean doubles) { // A6.5, table A6-1
        for (String op : new String[] {"000", "001", "010", "011", "100", "101", "110"}) {
            String bits = "11101110" + op.charAt(0) + "v" + op.substring(1) + "vvvvvvvv1010vxv0vvvv";
            if (op.equals("100")) {
                bits = bits.replace('x', '0');
            }
            t.data("V arithmetic " + op, doubles ? doubled(bits) : bits);
        }
        String[] unary = {
            "111011101v11iiiivvvv10100000iiii", // VMOV immediate
            "111011101v11000ovvvv1010o1v0vvvv", // VMOV, VABS, VNEG, VSQRT
            "111011101v110100vvvv1010o1v0vvvv", // VCMP, VCMPE
            "111011101v110101vvvv1010o1000000" // with zero
        };
        for (String bits : unary) {
            t.data("V unary " + bits.substring(12, 16), doubles ? doubled(bits) : bits);
        }
    }

    /** The same for D0 to D15: the highest bit of every register is 0. */
    private static String doubled(String bits) {
        StringBuilder out = new StringBuilder(bits);
        out.setCharAt(23, '1');
        for (int at : new int[] {9, 24, 26}) {
            if (out.charAt(at) == 'v') {
                out.setCharAt(at, '0');
            }
        }
        return out.toString();
    }

    private static void conversions(Encodings t) { // A7.7.228 to A7.7.233
        t.data("VCVTB, VCVTT", "111011101v11001ovvvv1010t1v0vvvv");
        t.data("VCVT from int", "111011101v111000vvvv1010s1v0vvvv");
        t.data("VCVT, VCVTR to int", "111011101v11110uvvvv1010r1v0vvvv");
        // From 32-bit fixed point libunicorn 2.0.1 rounds as FPSCR says; the manual wants to nearest (A7.7.231).
        t.data("VCVT fixed", "111011101v111o1uvvvv1010z1i0jjjj").rule(f -> fits(f) && (f.is('o', 1) || f.is('z', 0)));
    }

    private static boolean fits(Fields f) {
        return (f.get('j') << 1 | f.get('i')) <= (f.is('z', 1) ? 32 : 16);
    }

    private static void version5(Encodings t) { // Armv7-M ARM A6.5: FPv5
        t.data("VSEL", "111111100vccvvvvvvvv1010v0v0vvvv").notInIt();
        t.data("VMAXNM, VMINNM", "111111101v00vvvvvvvv1010vov0vvvv").notInIt();
        t.data("VRINTA, N, P, M", "111111101v1110rrvvvv101001v0vvvv").notInIt();
        t.data("VCVTA, N, P, M", "111111101v1111rrvvvv1010s1v0vvvv").notInIt();
        t.data("VRINTR, VRINTZ", "111011101v110110vvvv1010o1v0vvvv");
        t.data("VRINTX", "111011101v110111vvvv101001v0vvvv");
    }

    private static void transfers(Encodings t) { // A6.6
        t.data("VMOV core, single", "11101110000ovvvvtttt1010v0010000");
        t.data("VMOV two cores, two singles", "11101100010ouuuutttt101000x1vvvv")
                .rule(f -> f.is('o', 0) || f.get('t') != f.get('u'))
                .rule(f -> f.get('v') != 15 || f.is('x', 0));
        t.data("VMOV two cores, double", "11101100010ouuuutttt10110001vvvv")
                .rule(f -> f.is('o', 0) || f.get('t') != f.get('u'));
        t.data("VMOV core, half of double", "1110111000hovvvvtttt101100010000");
        t.data("VMRS", "1110111011110001tttt101000010000").pc("t");
        t.data("VMSR", "1110111011100001tttt101000010000");
    }

    private static void memory(Encodings t) { // A6.6
        t.words("VLDR, VSTR", "11101101uv0onnnnvvvv101xiiiiiiii")
                .sp("n")
                .rule(f -> f.is('x', 0) || f.get('v') < 16)
                .offset(f -> f.is('u', 1) ? 4 * f.get('i') : -4 * f.get('i'));
        t.data("VLDR lit", "11101101uv011111vvvv1010iiiiiiii");
        t.words("VLDMIA, VSTMIA", "111011001vwonnnnvvvv101xiiiiiiii").sp("n").rule(FloatEncodings::list);
        t.words("VLDMDB, VSTMDB", "111011010v1onnnnvvvv101xiiiiiiii")
                .sp("n")
                .rule(FloatEncodings::list)
                .offset(f -> -4 * f.get('i'));
    }

    /** v has D as its highest bit, then Vd. */
    private static boolean list(Fields f) {
        int words = f.get('i');
        if (f.is('x', 1)) {
            return f.get('v') < 16 && words % 2 == 0 && words != 0 && f.get('v') + words / 2 <= 16;
        }
        int first = (f.get('v') & 15) << 1 | f.get('v') >>> 4;
        return words != 0 && first + words <= 32;
    }
}
