package dev.updraft.image.board;

/**
 * A pin, and which peripheral it is given to.
 *
 * @param port letter from A on
 * @param number 0 to 15
 * @param function number of the alternate function; -1 for a plain output
 */
public record Pin(char port, int number, int function) {
    @Override
    public String toString() {
        return "P" + port + number + (function < 0 ? "" : " AF" + function);
    }
}
