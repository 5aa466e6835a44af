package dev.updraft.delta;

/** What the encoder decided: operations one behind the other. */
final class Script {
    static final int LITERAL = 0, COPY_OLD = 1, COPY_NEW = 2, CALL = 3;

    int size;
    int[] kind = new int[1024];
    int[] start = new int[1024];
    int[] source = new int[1024];

    void add(int operation, int at, int from) {
        if (size == kind.length) {
            kind = java.util.Arrays.copyOf(kind, size * 2);
            start = java.util.Arrays.copyOf(start, size * 2);
            source = java.util.Arrays.copyOf(source, size * 2);
        }
        kind[size] = operation;
        start[size] = at;
        source[size++] = from;
    }
}
