package dev.updraft.image;

/**
 * An input of this room that cannot be used: a file that is not what it should be, an image that does not verify, a key
 * of the wrong kind. The message is one sentence for the person who gave it.
 */
public class ImageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ImageException(String sentence) {
        super(sentence);
    }

    public ImageException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
