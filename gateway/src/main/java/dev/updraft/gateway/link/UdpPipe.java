package dev.updraft.gateway.link;

import dev.updraft.gateway.smp.Pipe;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;

/** Datagrams to and from one device, which alone is listened to. */
final class UdpPipe implements Pipe {
    private final DatagramSocket socket;

    UdpPipe(String host, int port) throws IOException {
        InetSocketAddress device = new InetSocketAddress(host, port);
        if (device.isUnresolved()) {
            throw new IOException("there is no host " + host);
        }
        socket = new DatagramSocket();
        socket.connect(device);
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        socket.send(new DatagramPacket(bytes, bytes.length));
    }

    @Override
    public byte[] read(Duration atMost) throws IOException {
        byte[] bytes = new byte[65_535];
        DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
        socket.setSoTimeout(Math.clamp(atMost.toMillis(), 1, 60_000));
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException nothing) {
            return new byte[0];
        }
        return Arrays.copyOf(bytes, packet.getLength());
    }

    @Override
    public void close() {
        socket.close();
    }
}
