package dev.updraft.cli;

/**
 * Something the person at the keyboard can put right. The message is one sentence that says what is wrong and what to
 * do; the command prints it without a stack trace and exits with 2.
 */
public final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UserError(String sentence) {
        super(sentence);
    }

    public UserError(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
