package dev.updraft.emulator.gdb;

import dev.updraft.emulator.board.Board;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/** One debugger at work: answers its packets until it detaches, kills, or is gone (GDB manual, appendix E). */
final class GdbSession {
    /** How a session ended. */
    enum End {
        DETACHED,
        KILLED,
        LOST,
        EXITED
    }

    private static final String UNKNOWN = "";
    private static final String OK = "OK";
    private static final String REFUSED = "E01";

    private final Board board;
    private final PacketChannel channel;
    private final RegisterFile registers;
    private final RunControl control;
    private final Monitor monitor;
    private final FlashLoading loading;

    GdbSession(Board board, PacketChannel channel, BooleanSupplier meanwhile) {
        this.board = board;
        this.channel = channel;
        registers = new RegisterFile(board.cpu());
        control = new RunControl(board, channel, meanwhile);
        monitor = new Monitor(board);
        loading = new FlashLoading(board);
    }

    End run() throws IOException, InterruptedException {
        try {
            while (true) {
                switch (channel.take()) {
                    case PacketChannel.Event.End end -> {
                        return End.LOST;
                    }
                    case PacketChannel.Event.Interrupt late -> channel.send(control.lastStop());
                    case PacketChannel.Event.Packet(String text) -> {
                        if (text.equals("k")) {
                            return End.KILLED;
                        }
                        String answer = answer(text);
                        channel.send(answer);
                        if (text.equals("QStartNoAckMode")) {
                            channel.stopAcknowledging();
                        } else if (text.startsWith("D")) {
                            return End.DETACHED;
                        } else if (text.startsWith("vKill")) {
                            return End.KILLED;
                        } else if (answer.startsWith("W")) {
                            return End.EXITED;
                        }
                    }
                }
            }
        } finally {
            board.cpu().debug().clear();
        }
    }

    private String answer(String packet) throws IOException, InterruptedException {
        if (packet.isEmpty()) {
            return UNKNOWN;
        }
        String rest = packet.substring(1);
        try {
            return switch (packet.charAt(0)) {
                case '?' -> control.lastStop();
                case 'g' -> registers.all();
                case 'G' -> {
                    registers.setAll(rest);
                    yield OK;
                }
                case 'p' -> {
                    String value = registers.get(Hex.number(rest));
                    yield value.isEmpty() ? REFUSED : value;
                }
                case 'P' -> {
                    int equals = rest.indexOf('=');
                    yield registers.set(Hex.number(rest.substring(0, equals)), rest.substring(equals + 1))
                            ? OK
                            : REFUSED;
                }
                case 'm' -> {
                    String[] range = rest.split(",");
                    byte[] content = board.read(Hex.number(range[0]), Hex.number(range[1]));
                    yield content == null ? REFUSED : Hex.of(content);
                }
                case 'M' -> write(rest, Hex.bytes(rest.substring(rest.indexOf(':') + 1)));
                case 'X' -> write(rest, rest.substring(rest.indexOf(':') + 1).getBytes(StandardCharsets.ISO_8859_1));
                case 'Z', 'z' -> point(packet);
                case 's' -> {
                    jump(rest);
                    yield control.step();
                }
                case 'c' -> {
                    jump(rest);
                    yield control.go();
                }
                case 'H', 'T', 'D' -> OK;
                case 'v' -> verbose(rest);
                case 'q' -> query(rest);
                case 'Q' -> rest.equals("StartNoAckMode") ? OK : UNKNOWN;
                default -> UNKNOWN;
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
            return REFUSED;
        }
    }

    private void jump(String address) {
        if (!address.isEmpty()) {
            board.cpu().setRegister(15, Hex.number(address) & ~1);
        }
    }

    private String write(String rest, byte[] content) {
        int address = Hex.number(rest.substring(0, rest.indexOf(',')));
        return content.length == 0 || board.write(address, content) ? OK : REFUSED;
    }

    private String point(String packet) {
        String[] fields = packet.substring(1).split("[,;]");
        boolean done = control.point(
                packet.charAt(0) == 'Z', Hex.number(fields[0]), Hex.number(fields[1]), Hex.number(fields[2]));
        return done ? OK : UNKNOWN;
    }

    private String verbose(String rest) throws IOException, InterruptedException {
        if (rest.equals("Cont?")) {
            return "vCont;c;C;s;S;r";
        }
        if (rest.startsWith("Cont;")) {
            String action = rest.substring(5);
            return switch (action.charAt(0)) {
                case 's', 'S' -> control.step();
                case 'r' -> {
                    String[] range = action.substring(1).split("[,;:]");
                    yield control.stepRange(Hex.number(range[0]), Hex.number(range[1]));
                }
                default -> control.go();
            };
        }
        if (rest.startsWith("Flash")) {
            return loading.handle(rest.substring(5));
        }
        return rest.startsWith("Kill") ? OK : UNKNOWN;
    }

    private String query(String rest) {
        if (rest.startsWith("Supported")) {
            return "PacketSize=4000;QStartNoAckMode+;vContSupported+;swbreak+;hwbreak+;"
                    + "qXfer:features:read+;qXfer:memory-map:read+";
        }
        if (rest.startsWith("Xfer:features:read:target.xml:")) {
            return part(RegisterFile.targetDescription(), rest);
        }
        if (rest.startsWith("Xfer:memory-map:read::")) {
            return part(MemoryMap.of(board), rest);
        }
        if (rest.startsWith("Rcmd,")) {
            String command = new String(Hex.bytes(rest.substring(5)), StandardCharsets.UTF_8);
            return Hex.ofText(monitor.run(command));
        }
        return switch (rest) {
            case "fThreadInfo" -> "m1";
            case "sThreadInfo" -> "l";
            case "C" -> "QC1";
            case "Attached" -> "1";
            default -> UNKNOWN;
        };
    }

    /** The part of a document that a request ends with, as OFFSET,LENGTH; l before the last part, m before others. */
    private static String part(String document, String request) {
        String[] range = request.substring(request.lastIndexOf(':') + 1).split(",");
        int from = Math.min(Hex.number(range[0]), document.length());
        int to = Math.min(from + Hex.number(range[1]), document.length());
        return (to == document.length() ? "l" : "m") + document.substring(from, to);
    }
}
