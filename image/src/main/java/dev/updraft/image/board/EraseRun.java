package dev.updraft.image.board;

/** {@code count} neighbouring erase units of {@code unit} bytes, from the address {@code start} on. */
public record EraseRun(long start, int unit, int count) {
    public long end() {
        return start + (long) unit * count;
    }
}
