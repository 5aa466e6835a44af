package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One element of DER (X.690): what keys are written in. */
record Der(int tag, Bytes content) {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int SEQUENCE = 0x30;

    /** The one element that {@code bytes} are; what follows it is damage. */
    static Der read(Bytes bytes) {
        List<Der> all = readAll(bytes);
        if (all.size() != 1) {
            throw damaged();
        }
        return all.getFirst();
    }

    private static List<Der> readAll(Bytes bytes) {
        List<Der> elements = new ArrayList<>();
        int at = 0;
        while (at < bytes.length()) {
            if (bytes.length() - at < 2) {
                throw damaged();
            }
            int tag = bytes.u8(at);
            int length = bytes.u8(at + 1);
            at += 2;
            if (length >= 0x80) {
                int octets = length & 0x7f;
                if (octets == 0 || octets > 3 || octets > bytes.length() - at) {
                    throw damaged();
                }
                length = 0;
                for (int i = 0; i < octets; i++) {
                    length = length << 8 | bytes.u8(at++);
                }
            }
            if (length > bytes.length() - at) {
                throw damaged();
            }
            elements.add(new Der(tag, bytes.slice(at, at + length)));
            at += length;
        }
        return elements;
    }

    /** The elements of a SEQUENCE. */
    List<Der> elements() {
        expect(SEQUENCE);
        return readAll(content);
    }

    /** The element of a SEQUENCE at {@code index}. */
    Der element(int index) {
        List<Der> elements = elements();
        if (index >= elements.size()) {
            throw damaged();
        }
        return elements.get(index);
    }

    /** What stands under the explicit tag {@code [number]} in a SEQUENCE. */
    Optional<Der> tagged(int number) {
        return elements().stream()
                .filter(element -> element.tag == (0xa0 | number))
                .map(element -> read(element.content))
                .findFirst();
    }

    BigInteger integer() {
        expect(INTEGER);
        if (content.isEmpty()) {
            throw damaged();
        }
        return new BigInteger(content.toArray());
    }

    Bytes octets() {
        expect(OCTET_STRING);
        return content;
    }

    /** A BIT STRING of whole bytes. */
    Bytes bits() {
        expect(BIT_STRING);
        if (content.isEmpty() || content.u8(0) != 0) {
            throw damaged();
        }
        return content.slice(1, content.length());
    }

    /** An OBJECT IDENTIFIER in its usual form, {@code 1.2.840.10045.2.1}. */
    String identifier() {
        expect(OBJECT_IDENTIFIER);
        StringBuilder text = new StringBuilder();
        long number = 0;
        for (int i = 0; i < content.length(); i++) {
            number = number << 7 | content.u8(i) & 0x7f;
            if ((content.u8(i) & 0x80) == 0) {
                if (text.isEmpty()) {
                    long first = Math.min(number / 40, 2);
                    text.append(first).append('.').append(number - 40 * first);
                } else {
                    text.append('.').append(number);
                }
                number = 0;
            }
        }
        return text.toString();
    }

    private void expect(int wanted) {
        if (tag != wanted) {
            throw damaged();
        }
    }

    static ImageException damaged() {
        return new ImageException("The key is damaged: its bytes are not the DER that a key of its label has.");
    }
}
