package io.callgate.relay.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The structs of the system calls, laid out anew from their C declarations by the rules of each architecture's
/// ABI and held against the offsets that [MessageHeaders], [SocketName] and [LinuxCalls] use.
class StructLayoutTest {
    /// Bytes of C's types, which are their alignment too (System V ABI for x86-64, figure 3.1; AAPCS64, table 1).
    enum Abi {
        X86_64(2, 4, 8, 8),
        AARCH64(2, 4, 8, 8);

        private final int shortBytes;
        private final int intBytes;
        private final int longBytes;
        private final int pointerBytes;

        Abi(int shortBytes, int intBytes, int longBytes, int pointerBytes) {
            this.shortBytes = shortBytes;
            this.intBytes = intBytes;
            this.longBytes = longBytes;
            this.pointerBytes = pointerBytes;
        }

        private int bytes(String type) {
            return switch (type) {
                case "char" -> 1;
                case "short" -> shortBytes;
                case "int" -> intBytes;
                case "long" -> longBytes;
                case "pointer" -> pointerBytes;
                default -> throw new IllegalArgumentException(type);
            };
        }

        /// @param fields `type name`; an array as `type name count`
        Layout lay(List<String> fields) {
            Map<String, Long> offsets = new HashMap<>();
            long at = 0;
            int largest = 1;
            for (String field : fields) {
                List<String> words = List.of(field.split(" ", -1));
                int size = bytes(words.getFirst());
                at = align(at, size);
                offsets.put(words.get(1), at);
                at += (long) size * (words.size() > 2 ? Integer.parseInt(words.get(2)) : 1);
                largest = Math.max(largest, size);
            }
            return new Layout(offsets, align(at, largest));
        }

        private static long align(long at, int to) {
            return (at + to - 1) / to * to;
        }
    }

    record Layout(Map<String, Long> offsets, long bytes) {
        long at(String field) {
            return Objects.requireNonNull(offsets.get(field), field);
        }
    }

    // struct msghdr of glibc's bits/socket.h: size_t and pointers are 8 bytes, socklen_t is an unsigned int.
    private static final List<String> MSGHDR = List.of(
            "pointer msg_name",
            "int msg_namelen",
            "pointer msg_iov",
            "long msg_iovlen",
            "pointer msg_control",
            "long msg_controllen",
            "int msg_flags");
    private static final List<String> IOVEC = List.of("pointer iov_base", "long iov_len");
    private static final List<String> CMSGHDR = List.of("long cmsg_len", "int cmsg_level", "int cmsg_type");
    private static final List<String> SOCKADDR_IN =
            List.of("short sin_family", "short sin_port", "int sin_addr", "char sin_zero 8");
    private static final List<String> SOCKADDR_IN6 = List.of(
            "short sin6_family", "short sin6_port", "int sin6_flowinfo", "int sin6_addr 4", "int sin6_scope_id");
    private static final List<String> EXTENDED_ERROR = List.of(
            "int ee_errno",
            "char ee_origin",
            "char ee_type",
            "char ee_code",
            "char ee_pad",
            "int ee_info",
            "int ee_data");
    private static final List<String> TIMESPEC = List.of("long tv_sec", "long tv_nsec");

    @ParameterizedTest
    @EnumSource(Abi.class)
    void messageHeadersLieWhereTheAbiPutsThem(Abi abi) {
        Layout message = abi.lay(MSGHDR);

        assertThat(MessageHeaders.NAME).isEqualTo(message.at("msg_name"));
        assertThat(MessageHeaders.NAME_BYTES).isEqualTo(message.at("msg_namelen"));
        assertThat(MessageHeaders.VECTORS).isEqualTo(message.at("msg_iov"));
        assertThat(MessageHeaders.VECTOR_COUNT).isEqualTo(message.at("msg_iovlen"));
        assertThat(MessageHeaders.CONTROL).isEqualTo(message.at("msg_control"));
        assertThat(MessageHeaders.CONTROL_BYTES).isEqualTo(message.at("msg_controllen"));
        List<String> mmsghdr = new ArrayList<>(MSGHDR);
        mmsghdr.add("long pad 0"); // the struct within ends at its own alignment
        mmsghdr.add("int msg_len");
        assertThat(MessageHeaders.BYTES).isEqualTo(abi.lay(mmsghdr).at("msg_len"));
        assertThat(MessageHeaders.MESSAGE_BYTES).isEqualTo(abi.lay(mmsghdr).bytes());
        assertThat(MessageHeaders.VECTOR_BYTES).isEqualTo(abi.lay(IOVEC).bytes());
    }

    @ParameterizedTest
    @EnumSource(Abi.class)
    void controlMessagesLieWhereTheAbiPutsThem(Abi abi) {
        Layout control = abi.lay(CMSGHDR);
        Layout error = abi.lay(EXTENDED_ERROR);

        assertThat(MessageHeaders.CMSG_LEVEL).isEqualTo(control.at("cmsg_level"));
        assertThat(MessageHeaders.CMSG_TYPE).isEqualTo(control.at("cmsg_type"));
        assertThat(MessageHeaders.CMSG_DATA).isEqualTo(control.bytes());
        assertThat(MessageHeaders.CMSG_ALIGN).isEqualTo(abi.bytes("long")); // CMSG_ALIGN: of size_t
        assertThat(MessageHeaders.ERROR_ORIGIN).isEqualTo(error.at("ee_origin"));
        assertThat(MessageHeaders.ERROR_TYPE).isEqualTo(error.at("ee_type"));
        assertThat(MessageHeaders.ERROR_CODE).isEqualTo(error.at("ee_code"));
        assertThat(MessageHeaders.ERROR_INFO).isEqualTo(error.at("ee_info"));
        long longest = control.bytes() + error.bytes() + abi.lay(SOCKADDR_IN6).bytes();
        assertThat(MessageHeaders.CONTROL_STRIDE)
                .as("an error and a traffic class")
                .isGreaterThan(longest + 24);
    }

    @ParameterizedTest
    @EnumSource(Abi.class)
    void namesAndTimesLieWhereTheAbiPutsThem(Abi abi) {
        Layout v4 = abi.lay(SOCKADDR_IN);
        Layout v6 = abi.lay(SOCKADDR_IN6);

        assertThat((long) SocketName.PORT).isEqualTo(v4.at("sin_port"));
        assertThat((long) SocketName.PORT).isEqualTo(v6.at("sin6_port"));
        assertThat((long) SocketName.V4_ADDRESS).isEqualTo(v4.at("sin_addr"));
        assertThat((long) SocketName.V4_BYTES).isEqualTo(v4.bytes());
        assertThat((long) SocketName.V6_FLOW).isEqualTo(v6.at("sin6_flowinfo"));
        assertThat((long) SocketName.V6_ADDRESS).isEqualTo(v6.at("sin6_addr"));
        assertThat((long) SocketName.V6_SCOPE).isEqualTo(v6.at("sin6_scope_id"));
        assertThat((long) SocketName.MAX_BYTES).isEqualTo(v6.bytes());
        assertThat(LinuxCalls.TIMESPEC_BYTES).isEqualTo(abi.lay(TIMESPEC).bytes());
    }

    @Test
    void theRulesGiveWhatACompilerGives() {
        assertThat(Abi.AARCH64.lay(List.of("char a", "int b", "short c", "long d", "char e 3")))
                .isEqualTo(new Layout(Map.of("a", 0L, "b", 4L, "c", 8L, "d", 16L, "e", 24L), 32));
    }
}
