package dev.updraft.cli.demo;

import dev.updraft.emulator.network.ScriptedNetwork;
import dev.updraft.image.Image;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The device protocol inside the emulator, so that a whole update is the same at each run: it offers one image for ever. */
final class ScriptedServer implements ScriptedNetwork.Peer {
    private static final Pattern RANGE = Pattern.compile("(?i)\r\nrange: *bytes=([0-9]+)-([0-9]*)");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *([0-9]+)");

    private final byte[] offered;
    private final byte[] offer;
    private final ByteArrayOutputStream request = new ByteArrayOutputStream();

    ScriptedServer(Image image) {
        offered = image.bytes().toArray();
        offer = HostileServer.offer(offered, image.digest().toArray(), "1.1.0");
    }

    @Override
    public void received(ScriptedNetwork.Conversation conversation, byte[] bytes) {
        request.writeBytes(bytes);
        String text = request.toString(StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return;
        }
        Matcher length = LENGTH.matcher(text);
        int body = length.find() ? Integer.parseInt(length.group(1)) : 0;
        if (request.size() < end + 4 + body) {
            return;
        }
        request.reset();
        answer(conversation, text.substring(0, end + 2));
    }

    private void answer(ScriptedNetwork.Conversation conversation, String head) {
        if (head.contains("/check-in")) {
            send(conversation, "200 OK", "", offer);
        } else if (head.contains("/reports")) {
            send(conversation, "204 No Content", "", new byte[0]);
        } else {
            Matcher range = RANGE.matcher(head);
            int from = 0;
            int to = offered.length - 1;
            if (range.find()) {
                from = Integer.parseInt(range.group(1));
                to = range.group(2).isEmpty() ? to : Math.min(to, Integer.parseInt(range.group(2)));
            }
            send(
                    conversation,
                    "206 Partial Content",
                    "Content-Range: bytes %d-%d/%d\r\n".formatted(from, to, offered.length),
                    Arrays.copyOfRange(offered, from, to + 1));
        }
    }

    private static void send(ScriptedNetwork.Conversation conversation, String status, String more, byte[] body) {
        String head = "HTTP/1.1 " + status + "\r\nNext-Check-In: 3600\r\nContent-Type: application/cbor\r\n" + more
                + "Content-Length: " + body.length + "\r\n\r\n";
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        whole.writeBytes(body);
        conversation.send(whole.toByteArray());
    }
}
