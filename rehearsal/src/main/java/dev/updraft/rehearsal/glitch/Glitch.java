package dev.updraft.rehearsal.glitch;

import dev.updraft.emulator.board.Board;
import java.util.ArrayList;
import java.util.List;

/** What a disturbance of voltage, clock or field does to one instruction, in the models that the literature on such attacks uses. */
sealed interface Glitch {
    /** For a person. */
    String name();

    /** Disturbs the instruction that is next. */
    void strike(Board board);

    /** It is not executed. */
    record Skip() implements Glitch {
        @Override
        public String name() {
            return "skipped";
        }

        @Override
        public void strike(Board board) {
            Thumb.skip(board);
        }
    }

    /** So many bytes of code are not executed. */
    record Jump(int bytes) implements Glitch {
        @Override
        public String name() {
            return "PC + " + bytes;
        }

        @Override
        public void strike(Board board) {
            board.cpu().setRegister(15, board.cpu().register(15) + bytes);
        }
    }

    /** A conditional branch is taken, whatever its condition. That it is not taken is {@link Skip}. */
    record Branch(int target) implements Glitch {
        @Override
        public String name() {
            return "branch forced";
        }

        @Override
        public void strike(Board board) {
            board.cpu().setRegister(15, target);
        }
    }

    /** It is executed, and a register that it changed has this value instead. */
    record Result(int register, int value) implements Glitch {
        @Override
        public String name() {
            return "result " + value;
        }

        @Override
        public void strike(Board board) {
            board.step();
            board.cpu().setRegister(register, value);
        }
    }

    /** All that can happen to the instruction that is next. */
    static List<Glitch> at(Board board, int[] registersAfter) {
        List<Glitch> all = new ArrayList<>();
        all.add(new Skip());
        int pc = board.cpu().register(15);
        int skipped = Thumb.next(board, pc) - pc;
        for (int bytes = 2; bytes <= 10; bytes += 2) {
            if (bytes != skipped) {
                all.add(new Jump(bytes));
            }
        }
        int target = Thumb.target(board, pc);
        if (target != 0) {
            all.add(new Branch(target));
        }
        for (int register = 0; register <= 12; register++) {
            if (board.cpu().register(register) != registersAfter[register]) {
                for (int value = 0; value <= 1; value++) {
                    if (registersAfter[register] != value) {
                        all.add(new Result(register, value));
                    }
                }
            }
        }
        return all;
    }
}
