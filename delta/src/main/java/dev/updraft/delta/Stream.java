package dev.updraft.delta;

/**
 * The grammar of a frame, for both sides: with a script, what it says is written; without, what is read is done. Output is made in halfwords.
 */
final class Stream {
    static final int RUN = 64;
    private static final int RUN_AFTER = 16;

    private final Model model;
    private final Predictor predictor;
    private final AddressMap map;
    private final byte[] out;
    private final int oldSize;
    private final int base;
    private final int coarse;
    private final int offsetBits;

    private int at;
    private int end;
    // The last copy: where it was from, and whether from what was already written. A source is at - distance or at +
    // shift.
    private boolean fromNew;
    private int shift;
    private int shiftBefore;
    private int distance;
    private int sinceCopy;
    private int history;
    private final int[] lastOfType = new int[8];
    private final NewCode newCode;

    Stream(BitCoder coder, RamClass ram, byte[] old, int oldSize, byte[] out, int base, AddressMap map) {
        model = new Model(coder, ram);
        newCode = new NewCode(model);
        this.map = map;
        this.out = out;
        this.oldSize = oldSize;
        this.base = base;
        coarse = ram.coarse;
        offsetBits = 31 - Integer.numberOfLeadingZeros(Math.max(oldSize, out.length) | 1);
        predictor = new Predictor(old, oldSize, out, base, map);
        predictor.model = model;
    }

    Model model() {
        return model;
    }

    private int half(int index) {
        return index < 0 ? 0 : Predictor.half(out, index);
    }

    private void put(int index, int value) {
        out[index] = (byte) value;
        out[index + 1] = (byte) (value >> 8);
    }

    /** Codes the output from..to. {@code script} is null on the side that reads. */
    void frame(int from, int to, @org.jspecify.annotations.Nullable Script script) throws PatchException {
        model.reset();
        java.util.Arrays.fill(lastOfType, 0);
        newCode.reset();
        at = from;
        end = to;
        fromNew = false;
        long back = map.back((base + at) & 0xFFFF_FFFFL, (base & 0xFFFF_FFFFL) + oldSize);
        shift = back < 0 ? 0 : (int) (back - base) - at;
        shiftBefore = 0;
        distance = 64;
        sinceCopy = 8;
        history = 0;
        int step = 0;
        int stop = 0;
        while (at < end) {
            int kind = 0;
            int source = 0;
            if (script != null) {
                while (step + 1 < script.size && script.start[step + 1] <= at) {
                    step++;
                }
                kind = script.kind[step];
                source = script.source[step] + at - script.start[step];
                stop = step + 1 < script.size ? script.start[step + 1] : end;
                if (kind == Script.CALL
                        && (at + 4 > end
                                || at != script.start[step]
                                || !nameable(base + at + 4 + Thumb.wideOffset(half(at), half(at + 2))))) {
                    kind = Script.LITERAL;
                }
            }
            kind = operation(kind);
            if (kind == Script.LITERAL) {
                boolean hint = sinceCopy < 8 && predictor.predict(fromNew, source(), at, end);
                literal(
                        hint ? predictor.raw & 0xFFFF : 0,
                        !hint ? NewCode.NO_HINT : sinceCopy == 0 ? NewCode.FRESH_HINT : NewCode.OLD_HINT);
                sinceCopy = Math.min(8, sinceCopy + 1);
            } else if (kind == Script.CALL) {
                call();
                sinceCopy = Math.min(8, sinceCopy + 2);
            } else {
                copySource(kind == Script.COPY_NEW, source);
                copy(script == null ? -1 : stop);
                sinceCopy = 0;
            }
        }
    }

    /** What each halfword would cost as new code. */
    static float[] literalPrices(RamClass ram, byte[] image, int size) {
        PriceCounter counter = new PriceCounter();
        Stream stream = new Stream(counter, ram, image, 0, image, 0, AddressMap.NONE);
        float[] prices = new float[size / 2];
        for (int i = 0; i < size; i += 2) {
            double before = counter.bits;
            stream.at = i;
            stream.literal(0, NewCode.NO_HINT);
            prices[i / 2] = (float) (counter.bits - before);
        }
        return prices;
    }

    private void literal(int hint, int hinted) {
        put(at, newCode.code(half(at), half(at - 2), at & 2, hint, hinted));
        at += 2;
    }

    private int source() {
        return fromNew ? at - distance : at + shift;
    }

    private int operation(int kind) {
        int before = half(at - 2) >>> 8;
        int copy = model.mixed(
                Model.MIX_OPERATION,
                Model.OPERATION_BY_HISTORY + history,
                Model.OPERATION_BY_CODE + (before >>> 2 + coarse | (at & 2) << 5),
                Model.OPERATION_BY_COPY + sinceCopy * 4 + (history & 3),
                kind == Script.COPY_OLD || kind == Script.COPY_NEW ? 1 : 0);
        if (copy != 0) {
            int isNew = model.mixed(
                    Model.MIX_SOURCE,
                    Model.SOURCE + (history & 15),
                    Model.SOURCE + 16 + (fromNew ? 1 : 0),
                    Model.SOURCE + 18 + (at & 2),
                    kind == Script.COPY_NEW ? 1 : 0);
            history = (history << 2 | 1 + isNew) & 63;
            return isNew != 0 ? Script.COPY_NEW : Script.COPY_OLD;
        }
        int call = at + 4 <= end
                ? model.mixed(
                        Model.MIX_CALL,
                        Model.CALL_BY_HISTORY + (history & 15),
                        Model.CALL_BY_CODE + (before >>> 2 + coarse),
                        Model.CALL_BY_LAST + (half(at - 4) >>> 11),
                        kind == Script.CALL ? 1 : 0)
                : 0;
        history = (history << 2 | (call != 0 ? 3 : 0)) & 63;
        return call != 0 ? Script.CALL : Script.LITERAL;
    }

    private void copySource(boolean isNew, int source) {
        if (isNew) {
            int same = model.bit(Model.SOURCE + 22 + (fromNew ? 1 : 0), source == at - distance ? 1 : 0);
            if (same == 0) {
                int away = at - source;
                int number = model.number(Model.NEW_SOURCE, away / 2 - 1);
                distance = (number + 1) * 2 + model.bit(Model.SOURCE + 24, away & 1);
            }
            fromNew = true;
            return;
        }
        long back = map.back((base + at) & 0xFFFF_FFFFL, (base & 0xFFFF_FFFFL) + oldSize);
        int mapped = back < 0 ? shift : (int) (back - base) - at;
        int wanted = source - at;
        int c = Model.SOURCE + 26 + (fromNew ? 10 : 0) + (sinceCopy < 2 ? 5 : 0);
        if (model.bit(c + (mapped == shift ? 0 : 1), wanted == mapped ? 1 : 0) != 0) {
            take(mapped);
        } else if (mapped != shift && model.bit(c + 2, wanted == shift ? 1 : 0) != 0) {
            take(shift);
        } else if (model.bit(c + 3, wanted == shiftBefore ? 1 : 0) != 0) {
            take(shiftBefore);
        } else {
            int odd = model.bit(Model.SOURCE + 25, wanted - shift & 1);
            take(shift + model.signed(Model.OLD_SOURCE, wanted - shift >> 1) * 2 + odd);
        }
        fromNew = false;
    }

    private void take(int to) {
        if (to != shift) {
            shiftBefore = shift;
            shift = to;
        }
    }

    private int missContext(int run) {
        return Math.min(7, 32 - Integer.numberOfLeadingZeros(run));
    }

    private void copy(int stop) throws PatchException {
        int start = at;
        int run = 0;
        int units = 0;
        int good = 0;
        boolean open = false;
        predictor.tail = false;
        int openTo = 0;
        while (at < end) {
            if (run >= RUN_AFTER && at + RUN + 2 <= end && at >= openTo && (!fromNew || distance >= RUN + 2)) {
                int hit = run(stop, Math.min(3, good));
                if (hit != 0) {
                    run += RUN / 2;
                    good++;
                    continue;
                }
                openTo = at + RUN;
                good = 0;
                open = true;
            }
            if (!predictor.predict(fromNew, source(), at, end)) {
                if (at == start) {
                    throw new PatchException(
                            "the patch copies from where there is no image: it is damaged; get it again");
                }
                return;
            }
            int type = predictor.type;
            int length = predictor.length;
            int value = predictor.value;
            int miss = 0;
            if (stop >= 0) {
                int actual = length == 2 ? half(at) : half(at) | half(at + 2) << 16;
                miss = at >= stop || actual != value ? 1 : 0;
            }
            int a = Model.MISS_BY_TYPE + (type * 3 + predictor.trust) * 4 + (lastOfType[type] & 3);
            int b = Model.MISS_BY_RUN + missContext(run) * 8 + Math.min(3, units >> 1) * 2 + (fromNew ? 1 : 0);
            int c = Model.MISS_BY_CODE + ((value >>> 8 & 0xFF) >>> 2 + coarse);
            miss = model.mixed(Model.MIX_MISS + (open && at < openTo ? 1 : 0) + (type != 0 ? 2 : 0), a, b, c, miss);
            lastOfType[type] = lastOfType[type] << 1 | miss;
            units++;
            if (miss == 0) {
                put(at, value);
                if (length == 4) {
                    put(at + 2, value >> 16);
                }
                at += length;
                predictor.tail = predictor.nextTail;
                run++;
                continue;
            }
            open = false;
            int ended = model.mixed(
                    Model.MIX_END,
                    Model.END_BY_TYPE + type * 8 + missContext(run),
                    Model.END_BY_LENGTH + Math.min(7, units) * 2 + (fromNew ? 1 : 0),
                    Model.END_BY_CODE + (value >>> 10 + coarse & 63),
                    stop >= 0 && at >= stop ? 1 : 0);
            if (ended != 0) {
                if (at == start) {
                    throw new PatchException("the patch has a copy of nothing: it is damaged; get it again");
                }
                return;
            }
            run = 0;
            fix(type, value);
        }
    }

    private int run(int stop, int good) {
        int changed = 0;
        byte[] chunk = new byte[RUN + 2];
        int from = at;
        int hit = 1;
        int to = at + RUN;
        int i = from;
        boolean tail = predictor.tail;
        while (i < to) {
            if (!predictor.predict(fromNew, fromNew ? i - distance : i + shift, i, end)) {
                predictor.tail = tail;
                return 0;
            }
            for (int k = 0; k < predictor.length; k++) {
                chunk[i + k - from] = (byte) (predictor.value >> 8 * k);
                if (chunk[i + k - from] != out[i + k]) {
                    hit = 0;
                }
            }
            changed += predictor.trust != 0 ? 1 : 0;
            i += predictor.length;
            predictor.tail = predictor.nextTail;
        }
        hit = stop >= 0 && i > stop ? 0 : hit;
        hit = 1 - model.run(good * 3 + Math.min(2, changed) + (fromNew ? 12 : 0), 1 - hit);
        if (hit != 0) {
            System.arraycopy(chunk, 0, out, from, i - from);
            at = i;
        } else {
            predictor.tail = tail;
        }
        return hit;
    }

    /** A unit that is not what was expected, in a copy that goes on. */
    private void fix(int type, int value) {
        predictor.tail = type == Predictor.PLAIN && predictor.nextTail;
        if (type == Predictor.PLAIN) {
            literal(value, NewCode.IN_COPY);
            return;
        }
        int actual = half(at) | half(at + 2) << 16;
        int raw = predictor.raw;
        int target = predictor.target;
        int moved = predictor.moved;
        int to = pointsAt(type, actual);
        int unit = type == Predictor.HIGH_HALF ? 16 : type <= Predictor.BRANCH ? 1 : 0;
        int difference = to - moved >> unit;
        boolean other = rebuild(type, value, to) != actual || difference > 1 << 24 || difference < -(1 << 24);
        if (model.bit(Model.FIX + type * 3, other ? 1 : 0) != 0) {
            literal(value & 0xFFFF, NewCode.IN_COPY);
            return;
        }
        int same = 0;
        if (raw != value) {
            same = model.bit(Model.FIX + type * 3 + 1, actual == raw ? 1 : 0);
        }
        if (same != 0) {
            actual = raw;
            to = pointsAt(type, actual);
        } else if (type == Predictor.CALL && model.bit(Model.FIX + 24, model.called(to) >= 0 ? 1 : 0) != 0) {
            to = target(to);
            actual = rebuild(type, value, to);
        } else {
            to = moved + (model.signed(Model.CORRECTION, difference) << unit);
            actual = rebuild(type, value, to);
        }
        if (!fromNew) {
            model.correct(target, to);
        }
        put(at, actual);
        put(at + 2, actual >> 16);
        at += 4;
    }

    private int pointsAt(int type, int word) {
        int first = word & 0xFFFF;
        int second = word >>> 16;
        int here = base + at + 4;
        return switch (type) {
            case Predictor.CALL, Predictor.JUMP -> here + Thumb.wideOffset(first, second);
            case Predictor.BRANCH -> here + Thumb.narrowOffset(first, second);
            case Predictor.LOW_HALF -> predictor.moved & 0xFFFF_0000 | Thumb.immediate(first, second);
            case Predictor.HIGH_HALF -> predictor.moved & 0xFFFF | Thumb.immediate(first, second) << 16;
            default -> word;
        };
    }

    private int rebuild(int type, int predicted, int to) {
        int here = base + at + 4;
        return switch (type) {
            case Predictor.CALL, Predictor.JUMP -> Thumb.wide(to - here, predicted >>> 16);
            case Predictor.BRANCH -> Thumb.narrow(to - here, predicted & 0xFFFF, predicted >>> 16);
            case Predictor.LOW_HALF -> Thumb.withImmediate(predicted, to & 0xFFFF);
            case Predictor.HIGH_HALF -> Thumb.withImmediate(predicted, to >>> 16);
            default -> to;
        };
    }

    private void call() {
        int here = base + at + 4;
        int to = here + Thumb.wideOffset(half(at), half(at + 2));
        int word = Thumb.wide(target(to) - here, 0xD000);
        put(at, word);
        put(at + 2, word >> 16);
        at += 4;
    }

    private int target(int to) {
        return model.call(to - base >>> 1, offsetBits, model.called(to), base);
    }

    private boolean nameable(int to) {
        return (to & 1) == 0 && to - base >>> 1 >>> offsetBits == 0 || model.called(to) >= 0;
    }
}
