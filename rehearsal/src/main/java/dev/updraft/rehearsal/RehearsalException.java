package dev.updraft.rehearsal;

/** Something that whoever asked for the rehearsal can put right; the message is one sentence that says what and how. */
public final class RehearsalException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public RehearsalException(String sentence) {
        super(sentence);
    }
}
