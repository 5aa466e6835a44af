package dev.updraft.emulator.part;

import dev.updraft.emulator.network.Network;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The commands of ESP-AT that a client of TCP servers needs, and what the Wi-Fi and the connections do on their own. */
final class EspCommands {
    private static final int LINKS = 5;
    private static final int MOST_SENT = 8192;
    private static final int MOST_IN_ONE_IPD = 2920;
    private static final String ADDRESS = "192.168.4.23";
    private static final String MAC = "24:0a:c4:00:55:50";

    private final EspAt module;
    private final Network network;
    private final EspSettings settings;
    private final EspLink[] links = new EspLink[LINKS];

    private int wifiMode = 1;
    private boolean multiple;
    private boolean store = true;
    private boolean peerInfo;
    private boolean joined;
    private int tlsMode;
    private String serverName = "";
    private String commonName = "";
    private boolean knowsTime;
    private String ssid = "";
    private @Nullable EspLink sendingTo;

    EspCommands(EspAt module, Network network, EspSettings settings) {
        this.module = module;
        this.network = network;
        this.settings = settings;
        for (int i = 0; i < LINKS; i++) {
            links[i] = new EspLink(i);
        }
    }

    void execute(AtCommand command) {
        switch (command.kind()) {
            case EXECUTE -> run(command);
            case QUERY -> query(command);
            case TEST -> module.ok();
            case SET -> set(command);
        }
    }

    private void run(AtCommand command) {
        switch (command.name()) {
            case "" -> module.ok();
            case "E0", "E1" -> {
                module.setEcho(command.name().equals("E1"));
                module.ok();
            }
            case "RST", "RESTORE" -> {
                module.ok();
                module.later(1, "", EspAt.Effect.RESTART);
            }
            case "GMR" ->
                module.ok("AT version:" + (settings.firmware() == EspSettings.Firmware.V3 ? "3.4.0.0" : "2.4.0.0")
                        + "(emulated)\r\nSDK version:v5.0\r\ncompile time:Jan 01 2026 00:00:00\r\n");
            case "CIFSR" -> module.ok("+CIFSR:STAIP,\"" + address() + "\"\r\n+CIFSR:STAMAC,\"" + MAC + "\"\r\n");
            case "CWLAP" -> {
                StringBuilder out = new StringBuilder();
                settings.accessPoints().keySet().stream()
                        .sorted()
                        .forEach(name ->
                                out.append("+CWLAP:(3,\"").append(name).append("\",-50,\"24:0a:c4:00:00:01\",6)\r\n"));
                module.later(1500, out + "\r\nOK\r\n", EspAt.Effect.NONE);
            }
            case "CWQAP" -> {
                loseWifi();
                module.ok();
            }
            case "CIPSTATUS" -> module.ok(status());
            case "CIPCLOSE" -> close(multiple ? null : links[0]);
            default -> module.error();
        }
    }

    private void query(AtCommand command) {
        switch (command.name()) {
            case "CWMODE" -> module.ok("+CWMODE:" + wifiMode + "\r\n");
            case "CIPMUX" -> module.ok("+CIPMUX:" + (multiple ? 1 : 0) + "\r\n");
            case "CWSTATE" -> module.ok("+CWSTATE:" + (joined ? 2 : ssid.isEmpty() ? 0 : 4) + ",\"" + ssid + "\"\r\n");
            case "CWJAP" ->
                module.ok(joined ? "+CWJAP:\"" + ssid + "\",\"24:0a:c4:00:00:01\",6,-50,0,1,3,0,1\r\n" : "No AP\r\n");
            case "CIPSTA" ->
                module.ok("+CIPSTA:ip:\"" + address()
                        + "\"\r\n+CIPSTA:gateway:\"192.168.4.1\"\r\n+CIPSTA:netmask:\"255.255.255.0\"\r\n");
            case "CIPSTATE" -> module.ok(connections("+CIPSTATE:"));
            case "CIPRECVTYPE", "CIPRECVMODE" -> {
                if (command.name().equals(receiveCommand())) {
                    module.ok("+" + command.name() + ":" + (links[0].passive ? 1 : 0) + "\r\n");
                } else {
                    module.error();
                }
            }
            case "CIPRECVLEN" -> {
                StringBuilder out = new StringBuilder("+CIPRECVLEN:");
                for (EspLink link : links) {
                    out.append(link.id == 0 ? "" : ",");
                    out.append(link.state == EspLink.State.CLOSED ? -1 : link.available());
                }
                module.ok(out.append("\r\n").toString());
            }
            case "SYSSTORE" -> module.ok("+SYSSTORE:" + (store ? 1 : 0) + "\r\n");
            case "CIPDINFO" -> module.ok("+CIPDINFO:" + peerInfo + "\r\n");
            case "SYSRAM" -> module.ok("+SYSRAM:148408,84044\r\n");
            case "CIPSSLCCONF" -> module.ok("+CIPSSLCCONF:" + tlsMode + ",0,0\r\n");
            case "CIPSSLCSNI" -> module.ok("+CIPSSLCSNI:\"" + serverName + "\"\r\n");
            case "CIPSSLCCN" -> module.ok("+CIPSSLCCN:\"" + commonName + "\"\r\n");
            case "UART_CUR", "UART" ->
                module.ok("+" + command.name() + ":" + module.baud() + ",8,1,0," + module.flowControl() + "\r\n");
            default -> module.error();
        }
    }

    private String receiveCommand() {
        return settings.firmware() == EspSettings.Firmware.V3 ? "CIPRECVTYPE" : "CIPRECVMODE";
    }

    private void set(AtCommand command) {
        switch (command.name()) {
            case "CWMODE" -> {
                int mode = command.number(0, 0, 3);
                wifiMode = mode < 0 ? wifiMode : mode;
                okIf(mode >= 0);
            }
            case "CIPMUX" -> {
                int value = command.number(0, 0, 1);
                boolean allowed = value >= 0 && !anyOpen();
                multiple = allowed ? value == 1 : multiple;
                okIf(allowed);
            }
            case "CWJAP" -> join(command);
            case "CIPSTART" -> start(command);
            case "CIPSEND" -> promptSend(command);
            case "CIPRECVTYPE", "CIPRECVMODE" -> receiveType(command);
            case "CIPRECVDATA" -> receiveData(command);
            case "CIPCLOSE" -> {
                int id = command.number(0, 0, LINKS);
                if (!multiple || id < 0) {
                    module.error();
                } else {
                    close(id == LINKS ? null : links[id]);
                }
            }
            case "CIPDINFO" -> {
                peerInfo = command.number(0, 0, 1) == 1;
                module.ok();
            }
            case "SYSSTORE" -> {
                store = command.number(0, 0, 1) == 1;
                module.ok();
            }
            case "UART_CUR", "UART_DEF" -> speed(command);
            case "CIPSSLCCONF" -> {
                int mode = command.number(multiple ? 1 : 0, 0, 3);
                tlsMode = mode < 0 ? tlsMode : mode;
                okIf(mode >= 0);
            }
            case "CIPSSLCSNI" -> {
                serverName = command.argument(multiple ? 1 : 0);
                module.ok();
            }
            case "CIPSSLCCN" -> {
                commonName = command.argument(multiple ? 1 : 0);
                module.ok();
            }
            case "CIPSNTPCFG" -> {
                module.ok();
                if (joined && command.number(0, 0, 1) == 1) {
                    module.askTime();
                }
            }
            case "CIPDOMAIN" -> {
                if (joined) {
                    module.later(50, "+CIPDOMAIN:\"192.168.4.1\"\r\n\r\nOK\r\n", EspAt.Effect.NONE);
                } else {
                    module.error();
                }
            }
            // Settings that change nothing that can be seen on these wires.
            case "CWAUTOCONN",
                    "CWRECONNCFG",
                    "SLEEP",
                    "CWDHCP",
                    "CWHOSTNAME",
                    "CIPSTO",
                    "SYSLOG",
                    "CIPMODE",
                    "CIPTCPOPT",
                    "CWJEAP",
                    "SYSMSG",
                    "CIPRECONNINTV",
                    "CIPDNS",
                    "CWLAPOPT",
                    "CWCOUNTRY" -> module.ok();
            default -> module.error();
        }
    }

    private void okIf(boolean right) {
        if (right) {
            module.ok();
        } else {
            module.error();
        }
    }

    private void speed(AtCommand command) {
        int baud = command.number(0, 80, 5_000_000);
        int flow = command.number(4, 0, 3);
        if (baud < 0
                || flow < 0
                || command.number(1, 8, 8) < 0
                || command.number(2, 1, 1) < 0
                || command.number(3, 0, 0) < 0) {
            module.error();
        } else {
            module.changeSpeed(baud, flow);
        }
    }

    // Wi-Fi

    private void join(AtCommand command) {
        if (wifiMode != 1 && wifiMode != 3 || command.argument(0).isEmpty()) {
            module.error();
            return;
        }
        dropLinks();
        joined = false;
        ssid = command.argument(0);
        Map<String, String> known = settings.accessPoints();
        if (!known.isEmpty() && !known.containsKey(ssid)) {
            module.later(3000, "+CWJAP:3\r\n\r\nERROR\r\n", EspAt.Effect.NONE);
        } else if (!known.isEmpty() && !command.argument(1).equals(known.get(ssid))) {
            module.later(3000, "+CWJAP:2\r\n\r\nERROR\r\n", EspAt.Effect.NONE);
        } else {
            module.later(900, "WIFI CONNECTED\r\n", EspAt.Effect.NONE);
            module.later(600, "WIFI GOT IP\r\n", EspAt.Effect.JOINED);
            module.later(10, "\r\nOK\r\n", EspAt.Effect.NONE);
        }
    }

    void timeCame() {
        knowsTime = true;
        module.print("+TIME_UPDATED\r\n");
    }

    void joined() {
        joined = true;
    }

    void loseWifi() {
        if (joined) {
            joined = false;
            for (EspLink link : links) {
                if (link.state != EspLink.State.CLOSED) {
                    link.drop();
                    module.print(prefix(link) + "CLOSED\r\n");
                }
            }
            module.print("WIFI DISCONNECT\r\n");
        }
    }

    private String address() {
        return joined ? ADDRESS : "0.0.0.0";
    }

    // Connections

    boolean waitsForNetwork() {
        boolean waits = false;
        for (EspLink link : links) {
            waits |=
                    link.state == EspLink.State.CONNECTING || link.state == EspLink.State.OPEN && link.available() == 0;
        }
        return waits && network.isReal();
    }

    boolean connecting() {
        for (EspLink link : links) {
            if (link.state == EspLink.State.CONNECTING) {
                return true;
            }
        }
        return false;
    }

    private boolean anyOpen() {
        for (EspLink link : links) {
            if (link.state != EspLink.State.CLOSED) {
                return true;
            }
        }
        return false;
    }

    private String prefix(EspLink link) {
        return multiple ? link.id + "," : "";
    }

    /** The connection that a command names by its first argument, or the only one; null after an ERROR. */
    private @Nullable EspLink linkOf(AtCommand command) {
        int id = multiple ? command.number(0, 0, LINKS - 1) : 0;
        return id < 0 ? null : links[id];
    }

    private void start(AtCommand command) {
        EspLink link = linkOf(command);
        int first = multiple ? 1 : 0;
        String type = command.argument(first);
        String host = command.argument(first + 1);
        int port = command.number(first + 2, 1, 65535);
        boolean secure = type.equals("SSL");
        if (link == null || !(secure || type.equals("TCP")) || host.isEmpty() || host.length() > 64 || port < 0) {
            module.error();
        } else if (!joined) {
            module.later(2, "no ip\r\n\r\nERROR\r\n", EspAt.Effect.NONE);
        } else if (link.state != EspLink.State.CLOSED) {
            module.later(2, "ALREADY CONNECTED\r\n\r\nERROR\r\n", EspAt.Effect.NONE);
        } else {
            link.state = EspLink.State.CONNECTING;
            link.host = host;
            link.port = port;
            link.link = secure ? connectSecurely(link) : network.connect(host, port, listener(link));
        }
    }

    private Network.Link connectSecurely(EspLink link) {
        EspTls tls = new EspTls(
                listener(link),
                new EspTls.Settings(tlsMode >= 2, settings.authorities(), serverName, commonName, knowsTime));
        return tls.over(network.connect(link.host, link.port, tls));
    }

    private Network.Listener listener(EspLink link) {
        return new Network.Listener() {
            @Override
            public void connected() {
                link.state = EspLink.State.OPEN;
                module.later(2, prefix(link) + "CONNECT\r\n\r\nOK\r\n", EspAt.Effect.NONE);
            }

            @Override
            public void received(byte[] bytes) {
                link.add(bytes);
                if (link.passive) {
                    tell(link);
                } else {
                    printReceived(link);
                }
            }

            @Override
            public void closed() {
                if (link.available() > 0) {
                    link.state = EspLink.State.CLOSED_BY_PEER;
                } else if (link.state != EspLink.State.CLOSED) {
                    link.drop();
                    module.print(prefix(link) + "CLOSED\r\n");
                }
            }

            @Override
            public void refused(String why) {
                link.drop();
                module.later(2, prefix(link) + "CLOSED\r\n\r\nERROR\r\n", EspAt.Effect.NONE);
            }
        };
    }

    private void tell(EspLink link) {
        if (!link.told && link.available() > 0) {
            link.told = true;
            module.print("\r\n+IPD," + prefix(link) + link.available() + "\r\n");
        }
    }

    private void printReceived(EspLink link) {
        while (link.available() > 0) {
            byte[] bytes = link.take(MOST_IN_ONE_IPD);
            String peer = peerInfo ? ",\"" + link.host + "\"," + link.port : "";
            module.print("\r\n+IPD," + prefix(link) + bytes.length + peer + ":");
            module.print(bytes);
        }
    }

    private void promptSend(AtCommand command) {
        EspLink link = linkOf(command);
        int length = command.number(multiple ? 1 : 0, 1, MOST_SENT);
        if (link == null || length < 0) {
            module.error();
        } else if (link.state != EspLink.State.OPEN) {
            module.later(2, "link is not valid\r\n\r\nERROR\r\n", EspAt.Effect.NONE);
        } else {
            sendingTo = link;
            module.promptFor(length);
        }
    }

    /** The bytes behind the prompt are complete. */
    void send(byte[] bytes) {
        EspLink link = sendingTo;
        sendingTo = null;
        Network.Link open = link == null ? null : link.link;
        String received = "\r\nRecv " + bytes.length + " bytes\r\n";
        if (link == null || open == null || link.state != EspLink.State.OPEN) {
            module.later(3, received + "\r\nSEND FAIL\r\n", EspAt.Effect.NONE);
            return;
        }
        open.send(bytes);
        module.later(3, received + (module.withholdSendOk() ? "" : "\r\nSEND OK\r\n"), EspAt.Effect.NONE);
    }

    private void receiveType(AtCommand command) {
        int first = multiple && command.name().equals("CIPRECVTYPE") ? 1 : 0;
        int id = first == 1 ? command.number(0, 0, LINKS) : LINKS;
        int type = command.number(first, 0, 1);
        if (!command.name().equals(receiveCommand()) || id < 0 || type < 0) {
            module.error();
            return;
        }
        for (EspLink link : links) {
            if (id == LINKS || id == link.id) {
                link.passive = type == 1;
            }
        }
        module.ok();
    }

    private void receiveData(AtCommand command) {
        EspLink link = linkOf(command);
        int most = command.number(multiple ? 1 : 0, 1, Integer.MAX_VALUE);
        if (link == null || most < 0 || !link.passive || link.available() == 0) {
            module.error();
            return;
        }
        byte[] bytes = link.take(most);
        String peer = peerInfo ? "\"" + link.host + "\"," + link.port + "," : "";
        module.print("+CIPRECVDATA:" + bytes.length + "," + peer);
        module.print(bytes);
        module.print("\r\n\r\nOK\r\n");
        link.told = false;
        if (link.state == EspLink.State.CLOSED_BY_PEER && link.available() == 0) {
            link.drop();
            module.print(prefix(link) + "CLOSED\r\n");
        } else {
            tell(link);
        }
    }

    private void close(@Nullable EspLink only) {
        StringBuilder out = new StringBuilder();
        for (EspLink link : links) {
            if ((only == null || only == link) && link.state != EspLink.State.CLOSED) {
                out.append(prefix(link)).append("CLOSED\r\n");
                link.drop();
            }
        }
        if (only != null && out.isEmpty()) {
            module.error();
        } else {
            module.ok(out.toString());
        }
    }

    void breakLink(int id) {
        EspLink link = links[id];
        if (link.state != EspLink.State.CLOSED) {
            link.drop();
            module.print(prefix(link) + "CLOSED\r\n");
        }
    }

    private void dropLinks() {
        for (EspLink link : links) {
            link.drop();
        }
    }

    private String status() {
        int status = anyOpen() ? 3 : joined ? 2 : 5;
        return "STATUS:" + status + "\r\n" + connections("+CIPSTATUS:");
    }

    private String connections(String head) {
        StringBuilder out = new StringBuilder();
        for (EspLink link : links) {
            if (link.state == EspLink.State.OPEN || link.state == EspLink.State.CLOSED_BY_PEER) {
                out.append(head)
                        .append(link.id)
                        .append(",\"TCP\",\"")
                        .append(link.host)
                        .append("\",")
                        .append(link.port);
                out.append(",").append(50_000 + link.id).append(",0\r\n");
            }
        }
        return out.toString();
    }

    /** Power goes, or the module restarts. */
    void forget() {
        dropLinks();
        for (EspLink link : links) {
            link.passive = false;
        }
        wifiMode = 1;
        multiple = false;
        peerInfo = false;
        joined = false;
        ssid = "";
        tlsMode = 0;
        serverName = "";
        commonName = "";
        knowsTime = false;
        sendingTo = null;
    }

    private record Snapshot(
            int wifiMode, int tlsMode, List<String> names, List<Boolean> flags, String ssid, List<Boolean> passive) {}

    Object save() {
        if (anyOpen()) {
            throw new IllegalStateException(
                    "the Wi-Fi module has an open connection: a board can only be saved while it has none");
        }
        return new Snapshot(
                wifiMode,
                tlsMode,
                List.of(serverName, commonName),
                List.of(multiple, store, peerInfo, joined, knowsTime),
                ssid,
                List.of(links[0].passive, links[1].passive, links[2].passive, links[3].passive, links[4].passive));
    }

    void restore(Object from) {
        Snapshot snapshot = (Snapshot) from;
        dropLinks();
        wifiMode = snapshot.wifiMode;
        multiple = snapshot.flags.get(0);
        store = snapshot.flags.get(1);
        peerInfo = snapshot.flags.get(2);
        joined = snapshot.flags.get(3);
        knowsTime = snapshot.flags.get(4);
        tlsMode = snapshot.tlsMode;
        serverName = snapshot.names.get(0);
        commonName = snapshot.names.get(1);
        ssid = snapshot.ssid;
        for (int i = 0; i < LINKS; i++) {
            links[i].passive = snapshot.passive.get(i);
        }
    }
}
