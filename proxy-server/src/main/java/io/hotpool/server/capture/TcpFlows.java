package io.hotpool.server.capture;

import io.hotpool.server.learn.LearnException;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The first bytes of every direction of every TCP connection of a packet capture, put together from their segments. */
final class TcpFlows {
    private static final int NULL = 0;
    private static final int ETHERNET = 1;
    private static final int LOOP = 108;
    private static final int LINUX_COOKED = 113;
    private static final int LINUX_COOKED_2 = 276;
    private static final Set<Integer> RAW = Set.of(12, 14, 101, 228, 229);
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final Set<Integer> VLAN = Set.of(0x8100, 0x88a8, 0x9100);
    private static final Set<Integer> IPV6_EXTENSIONS = Set.of(0, 43, 60, 135);
    private static final int TCP = 6;
    private static final int SYN = 2;

    private final Map<String, Flow> flows = new LinkedHashMap<>();
    private final Set<Integer> unknownLinks = new TreeSet<>();

    /** Segments by their distance from the first sequence number. */
    private static final class Flow {
        private static final int MOST = 64 * 1024;
        private final int first;
        private final Map<Integer, byte[]> segments = new LinkedHashMap<>();

        Flow(int first) {
            this.first = first;
        }

        void add(int sequence, byte[] data) {
            int at = sequence - first;
            if (at >= 0 && at < MOST) {
                segments.merge(at, data, (a, b) -> a.length >= b.length ? a : b);
            }
        }

        /** Up to the first gap; what was sent twice counts once. */
        byte[] bytes() {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            List<Integer> starts = segments.keySet().stream().sorted().toList();
            for (int start : starts) {
                byte[] data = segments.get(start);
                if (start > all.size()) {
                    break;
                }
                int known = all.size() - start;
                if (known < data.length) {
                    all.write(data, known, data.length - known);
                }
            }
            return all.toByteArray();
        }
    }

    private TcpFlows() {}

    /** In the order in which they begin. */
    static List<byte[]> of(List<PacketFile.Packet> packets) {
        TcpFlows flows = new TcpFlows();
        for (PacketFile.Packet packet : packets) {
            try {
                flows.frame(packet.linkType(), packet.frame());
            } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
                continue; // a packet that was not captured whole
            }
        }
        if (flows.flows.isEmpty() && !flows.unknownLinks.isEmpty()) {
            throw new LearnException("the packet capture has link types that are not known: " + flows.unknownLinks
                    + "; known are Ethernet (1), Linux cooked (113, 276), loopback (0, 108) and raw IP (101)");
        }
        List<byte[]> all = new ArrayList<>();
        flows.flows.values().forEach(flow -> all.add(flow.bytes()));
        return all;
    }

    private void frame(int linkType, ByteBuffer frame) {
        if (RAW.contains(linkType)) {
            ip(frame);
            return;
        }
        switch (linkType) {
            case ETHERNET -> {
                frame.position(12);
                network(frame, Short.toUnsignedInt(frame.getShort()));
            }
            case LINUX_COOKED -> {
                frame.position(14);
                network(frame, Short.toUnsignedInt(frame.getShort()));
            }
            case LINUX_COOKED_2 -> {
                int protocol = Short.toUnsignedInt(frame.getShort());
                frame.position(20);
                network(frame, protocol);
            }
            case NULL, LOOP -> {
                frame.position(4);
                ip(frame);
            }
            default -> unknownLinks.add(linkType);
        }
    }

    private void network(ByteBuffer frame, int etherType) {
        int type = etherType;
        while (VLAN.contains(type)) {
            frame.getShort();
            type = Short.toUnsignedInt(frame.getShort());
        }
        if (type == IPV4 || type == IPV6) {
            ip(frame);
        }
    }

    private void ip(ByteBuffer packet) {
        packet.order(ByteOrder.BIG_ENDIAN);
        int start = packet.position();
        int version = packet.get(start) >> 4 & 0xf;
        if (version == 4) {
            ipv4(packet, start);
        } else if (version == 6) {
            ipv6(packet, start);
        }
    }

    private void ipv4(ByteBuffer packet, int start) {
        int header = 4 * (packet.get(start) & 0xf);
        int total = Short.toUnsignedInt(packet.getShort(start + 2));
        boolean fragment = (packet.getShort(start + 6) & 0x1fff) != 0;
        if (packet.get(start + 9) != TCP || fragment) {
            return;
        }
        String addresses = text(packet, start + 12, 4) + ">" + text(packet, start + 16, 4);
        int end = total == 0 ? packet.limit() : Math.min(packet.limit(), start + total); // 0: left to the card
        tcp(packet, start + header, end, addresses);
    }

    private void ipv6(ByteBuffer packet, int start) {
        int payload = Short.toUnsignedInt(packet.getShort(start + 4));
        int next = Byte.toUnsignedInt(packet.get(start + 6));
        int at = start + 40;
        int end = payload == 0 ? packet.limit() : Math.min(packet.limit(), at + payload);
        while (IPV6_EXTENSIONS.contains(next)) {
            next = Byte.toUnsignedInt(packet.get(at));
            at += 8 + 8 * Byte.toUnsignedInt(packet.get(at + 1));
        }
        if (next == TCP) {
            tcp(packet, at, end, text(packet, start + 8, 16) + ">" + text(packet, start + 24, 16));
        }
    }

    private void tcp(ByteBuffer packet, int at, int end, String addresses) {
        String key = addresses + ":" + packet.getInt(at); // both ports
        int sequence = packet.getInt(at + 4);
        int data = at + 4 * (packet.get(at + 12) >> 4 & 0xf);
        boolean syn = (packet.get(at + 13) & SYN) != 0;
        if (syn) {
            flows.put(again(key), new Flow(sequence + 1));
            return;
        }
        if (end <= data) {
            return;
        }
        byte[] bytes = new byte[end - data];
        packet.get(data, bytes);
        flows.computeIfAbsent(key, k -> new Flow(sequence)).add(sequence, bytes);
    }

    /** A port that is used again begins another connection; a SYN that is repeated does not. */
    private String again(String key) {
        Flow before = flows.remove(key);
        if (before != null && !before.segments.isEmpty()) {
            flows.put(key + "#" + flows.size(), before);
        }
        return key;
    }

    private static String text(ByteBuffer packet, int at, int length) {
        byte[] address = new byte[length];
        packet.get(at, address);
        return Arrays.toString(address);
    }
}
