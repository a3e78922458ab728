package io.hotpool.server.capture;

import io.hotpool.server.learn.LearnException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The packets of a capture file: pcap (draft-ietf-opsawg-pcap) in either byte order, or pcapng (draft-ietf-opsawg-pcapng). */
final class PacketFile {
    private static final int PCAP_MICROS = 0xa1b2c3d4;
    private static final int PCAP_NANOS = 0xa1b23c4d;
    private static final int SECTION_HEADER = 0x0a0d0d0a;
    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
    private static final int INTERFACE = 1;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;
    private static final int MOST_BYTES = 256 * 1024;

    /** @param linkType how the frame begins (LINKTYPE_*) */
    record Packet(int linkType, ByteBuffer frame) {}

    private final ByteBuffer file;
    private final List<Packet> packets = new ArrayList<>();

    private PacketFile(ByteBuffer file) {
        this.file = file;
    }

    /** @throws LearnException when it is no such file; one that is cut at the end is read as far as it goes */
    static List<Packet> read(byte[] bytes) {
        PacketFile reading = new PacketFile(ByteBuffer.wrap(bytes));
        int magic = bytes.length < 4 ? 0 : reading.file.getInt(0);
        try {
            if (magic == SECTION_HEADER) {
                reading.blocks();
            } else {
                reading.order(magic);
                reading.records();
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            if (reading.packets.isEmpty()) {
                throw new LearnException("the packet capture is cut short: there is no whole packet in it");
            }
        }
        return reading.packets;
    }

    private void order(int magic) {
        int swapped = Integer.reverseBytes(magic);
        if (swapped == PCAP_MICROS || swapped == PCAP_NANOS) {
            file.order(ByteOrder.LITTLE_ENDIAN);
        } else if (magic != PCAP_MICROS && magic != PCAP_NANOS) {
            throw new LearnException(String.format(
                    Locale.ROOT,
                    "not a packet capture: it begins with %08x, neither pcap's nor pcapng's number",
                    magic));
        }
    }

    private void records() {
        int linkType = file.getInt(20) & 0x0fff_ffff;
        file.position(24);
        while (file.hasRemaining()) {
            file.position(file.position() + 8); // time
            int length = file.getInt();
            file.getInt();
            packets.add(new Packet(linkType, take(length)));
        }
    }

    private void blocks() {
        List<Integer> linkTypes = new ArrayList<>();
        while (file.hasRemaining()) {
            int start = file.position();
            int type = file.getInt();
            if (type == SECTION_HEADER) {
                file.order(ByteOrder.BIG_ENDIAN);
                if (file.getInt(start + 8) != BYTE_ORDER_MAGIC) {
                    file.order(ByteOrder.LITTLE_ENDIAN);
                }
                linkTypes.clear();
            }
            int length = file.getInt();
            if (length < 12 || length % 4 != 0) {
                throw new IllegalArgumentException("block of " + length + " bytes");
            }
            switch (type) {
                case INTERFACE -> linkTypes.add(Short.toUnsignedInt(file.getShort()));
                case ENHANCED_PACKET -> {
                    int number = file.getInt();
                    file.position(file.position() + 8);
                    int captured = file.getInt();
                    file.getInt();
                    packets.add(new Packet(linkType(linkTypes, number), take(captured)));
                }
                case SIMPLE_PACKET -> {
                    int original = file.getInt();
                    packets.add(new Packet(linkType(linkTypes, 0), take(Math.min(original, length - 16))));
                }
                default -> {}
            }
            file.position(start + length);
        }
    }

    private static int linkType(List<Integer> linkTypes, int number) {
        if (number < 0 || number >= linkTypes.size()) {
            throw new IllegalArgumentException("interface " + number);
        }
        return linkTypes.get(number);
    }

    private ByteBuffer take(int length) {
        if (length < 0 || length > MOST_BYTES || length > file.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer frame = file.slice(file.position(), length).order(ByteOrder.BIG_ENDIAN);
        file.position(file.position() + length);
        return frame;
    }
}
