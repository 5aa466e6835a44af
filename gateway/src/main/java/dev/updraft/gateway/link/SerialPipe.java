package dev.updraft.gateway.link;

import com.fazecast.jSerialComm.SerialPort;
import com.fazecast.jSerialComm.SerialPortInvalidPortException;
import dev.updraft.gateway.smp.Pipe;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** A serial port of this computer. */
final class SerialPipe implements Pipe {
    private static final int PIECE = 4096;

    private final SerialPort port;

    SerialPipe(String name, int baud) throws IOException {
        try {
            port = SerialPort.getCommPort(name);
        } catch (SerialPortInvalidPortException none) {
            throw new IOException("there is no serial port " + name, none);
        }
        port.setComPortParameters(baud, 8, SerialPort.ONE_STOP_BIT, SerialPort.NO_PARITY);
        port.setFlowControl(SerialPort.FLOW_CONTROL_DISABLED);
        port.setComPortTimeouts(SerialPort.TIMEOUT_READ_SEMI_BLOCKING, 100, 0);
        if (!port.openPort()) {
            throw new IOException("the serial port " + name
                    + " cannot be opened; is it there, may this user open it (group dialout), and is it free?");
        }
        // USB devices talk once somebody listens. Modem lines that a port does not have are no failure.
        port.setDTR();
    }

    /** All ports of this computer that devices may be at. */
    static List<String> all() {
        return Arrays.stream(SerialPort.getCommPorts())
                .map(SerialPort::getSystemPortPath)
                .filter(path -> !path.matches("/dev/ttyS\\d+")) // most computers have dozens with nothing behind them
                .sorted()
                .toList();
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length; ) {
            int wrote = port.writeBytes(bytes, Math.min(PIECE, bytes.length - at), at);
            if (wrote <= 0) {
                throw new IOException("the serial port " + port.getSystemPortPath() + " is gone");
            }
            at += wrote;
        }
    }

    @Override
    public byte[] read(Duration atMost) throws IOException {
        long end = System.nanoTime() + atMost.toNanos();
        byte[] bytes = new byte[PIECE];
        do {
            int count = port.readBytes(bytes, Math.clamp(port.bytesAvailable(), 1, PIECE));
            if (count > 0) {
                return Arrays.copyOf(bytes, count);
            }
            if (count < 0 || !port.isOpen()) {
                throw new IOException("the serial port " + port.getSystemPortPath() + " is gone");
            }
        } while (System.nanoTime() < end);
        return new byte[0];
    }

    @Override
    public void close() {
        port.closePort();
    }
}
