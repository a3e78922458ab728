package io.hotpool.server.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.server.learn.LearnException;
import io.hotpool.server.learn.SeenHello;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HelloFilesTest {
    private static final int ETHERNET = 1;
    private static final Path CLIENTS = Path.of("../proxy-pool/src/test/resources/reference/clients");

    @TempDir
    Path folder;

    @Test
    void a_hello_is_read_from_hex_from_a_file_of_hex_and_from_its_bytes() throws IOException {
        byte[] hello = hello("firefox-esr-153");
        String hex = HexFormat.of().formatHex(hello);
        Path text = Files.writeString(folder.resolve("hello.hex"), hex.replaceAll("(.{64})", "$1\n"));
        Path raw = Files.write(folder.resolve("hello.bin"), hello);

        for (String given : List.of(hex, text.toString(), raw.toString())) {
            assertThat(HelloFiles.hello(given).first().serverName()).contains("www.example.com");
        }
    }

    @Test
    void what_is_no_hello_is_refused_with_the_reason() {
        assertThatThrownBy(() -> HelloFiles.hello("nonsense"))
                .isInstanceOf(LearnException.class)
                .hasMessageContaining("neither hex digits nor a file");
        assertThatThrownBy(() -> HelloFiles.hello("16030100050100"))
                .isInstanceOf(LearnException.class)
                .hasMessageContaining("not a ClientHello");
    }

    @ParameterizedTest
    @CsvSource({"pcap,LITTLE", "pcap,BIG", "pcapng,LITTLE", "pcapng,BIG"})
    void a_hello_over_several_segments_in_any_order_is_put_together(String format, String order) throws IOException {
        byte[] hello = hello("chromium-156");
        List<byte[]> packets = new ArrayList<>();
        int start = 0xffff_fff0; // sequence numbers wrap
        for (int at = 0; at < hello.length; at += 600) {
            byte[] part = Arrays.copyOfRange(hello, at, Math.min(hello.length, at + 600));
            packets.add(ipv4(start + 1 + at, 0x18, part));
        }
        packets.add(packets.get(1)); // sent again
        Collections.reverse(packets);
        packets.add(0, ipv4(start, 2, new byte[0]));
        Path file = Files.write(folder.resolve("trace"), file(format, order, ETHERNET, packets));

        List<SeenHello> hellos = HelloFiles.pcap(file, null);

        assertThat(hellos).hasSize(1);
        assertThat(hellos.get(0).first().serverName()).contains("www.example.com");
        assertThat(HelloFiles.pcap(file, "www.example.com")).hasSize(1);
        assertThatThrownBy(() -> HelloFiles.pcap(file, "other.example"))
                .hasMessageContaining("no ClientHello for other.example")
                .hasMessageContaining("www.example.com");
    }

    @Test
    void ipv6_behind_a_vlan_tag_is_read() throws IOException {
        byte[] hello = hello("firefox-esr-153");
        ByteBuffer frame = ByteBuffer.allocate(18 + 40 + 20 + hello.length);
        frame.position(12);
        frame.putShort((short) 0x8100).putShort((short) 7).putShort((short) 0x86dd);
        frame.putInt(0x60000000)
                .putShort((short) (20 + hello.length))
                .put((byte) 6)
                .put((byte) 64);
        frame.put(new byte[32]);
        tcp(frame, 1, 0x18, hello);
        Path file = Files.write(folder.resolve("v6.pcap"), file("pcap", "LITTLE", ETHERNET, List.of(frame.array())));

        assertThat(HelloFiles.pcap(file, null)).hasSize(1);
    }

    @Test
    void hellos_of_two_clients_are_not_mixed() throws IOException {
        byte[] one = ipv4(1, 0x18, hello("firefox-esr-153"));
        byte[] two = ipv4(1, 0x18, hello("chromium-156"));
        two[14 + 20] = 99; // another port
        Path file = Files.write(folder.resolve("two.pcap"), file("pcap", "LITTLE", ETHERNET, List.of(one, two)));

        assertThatThrownBy(() -> HelloFiles.pcap(file, null))
                .isInstanceOf(LearnException.class)
                .hasMessageContaining("2 clients")
                .hasMessageContaining("--sni");
    }

    @Test
    void other_files_and_links_are_refused_by_name() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "GET / HTTP/1.1\r\n\r\n");
        assertThatThrownBy(() -> HelloFiles.pcap(text, null)).hasMessageContaining("neither pcap's nor pcapng's");
        assertThatThrownBy(() -> HelloFiles.pcap(folder.resolve("gone"), null))
                .hasMessageContaining("there is no file");
        Path wireless = Files.write(folder.resolve("air.pcap"), file("pcap", "LITTLE", 105, List.of(new byte[60])));
        assertThatThrownBy(() -> HelloFiles.pcap(wireless, null)).hasMessageContaining("[105]");
    }

    private static byte[] hello(String client) throws IOException {
        String hex = new ObjectMapper()
                .readTree(CLIENTS.resolve(client + ".json").toFile())
                .at("/tls/cases/fresh/samples/0")
                .asText();
        return HexFormat.of().parseHex(hex);
    }

    private static byte[] ipv4(int sequence, int flags, byte[] data) {
        ByteBuffer frame = ByteBuffer.allocate(14 + 20 + 20 + data.length);
        frame.position(12);
        frame.putShort((short) 0x0800);
        frame.put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) (40 + data.length))
                .putInt(0);
        frame.put((byte) 64)
                .put((byte) 6)
                .putShort((short) 0)
                .putInt(0x7f000001)
                .putInt(0x7f000001);
        tcp(frame, sequence, flags, data);
        return frame.array();
    }

    private static void tcp(ByteBuffer frame, int sequence, int flags, byte[] data) {
        frame.putShort((short) 50000).putShort((short) 443).putInt(sequence).putInt(0);
        frame.put((byte) 0x50)
                .put((byte) flags)
                .putShort((short) 1000)
                .putInt(0)
                .put(data);
    }

    private static byte[] file(String format, String order, int link, List<byte[]> packets) {
        ByteBuffer out = ByteBuffer.allocate(100_000)
                .order(order.equals("BIG") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        if (format.equals("pcap")) {
            out.putInt(0xa1b2c3d4).putInt(0x00040002).putLong(0).putInt(65535).putInt(link);
            packets.forEach(
                    p -> out.putLong(0).putInt(p.length).putInt(p.length).put(p));
        } else {
            out.putInt(0x0a0d0d0a)
                    .putInt(28)
                    .putInt(0x1a2b3c4d)
                    .putInt(1)
                    .putLong(-1)
                    .putInt(28);
            out.putInt(1)
                    .putInt(20)
                    .putShort((short) link)
                    .putShort((short) 0)
                    .putInt(0)
                    .putInt(20);
            for (byte[] p : packets) {
                int padded = (p.length + 3) / 4 * 4;
                out.putInt(6)
                        .putInt(32 + padded)
                        .putInt(0)
                        .putLong(0)
                        .putInt(p.length)
                        .putInt(p.length);
                out.put(p).put(new byte[padded - p.length]).putInt(32 + padded);
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }
}
