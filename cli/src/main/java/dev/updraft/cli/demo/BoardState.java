package dev.updraft.cli.demo;

/**
 * What one board shows to a person watching: a snapshot, replaced as a whole whenever anything changes.
 *
 * @param version the running version, or "-" before the board said one
 * @param state what it is doing, in the words of its own console
 * @param percent progress of the download, 0 to 100, or -1 when none is under way
 * @param powerCuts how often it lost power so far
 * @param confirmed the version that last said it is confirmed, or "-"
 */
record BoardState(String version, String state, int percent, int powerCuts, String confirmed) {
    static final BoardState OFF = new BoardState("-", "off", -1, 0, "-");

    BoardState running(String newVersion, String newState, int newPercent) {
        return new BoardState(
                newVersion, newState, newPercent, powerCuts, newState.equals("confirmed") ? newVersion : confirmed);
    }

    BoardState doing(String newState) {
        return new BoardState(version, newState, -1, powerCuts, confirmed);
    }

    BoardState cut() {
        return new BoardState(version, "power cut", -1, powerCuts + 1, confirmed);
    }
}
