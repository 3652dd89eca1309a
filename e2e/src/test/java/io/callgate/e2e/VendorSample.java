package io.callgate.e2e;

import io.callgate.testkit.LabProcess;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/// A vendor's sample of `examples/`, as a program in corp.
enum VendorSample {
    AGORA("AgoraSample", "1001", "connection state 3, reason 1", 1, 440),
    NERTC("NertcSample", "1002", "connection state 3, reason 6", 2, 660),
    ZEGO("ZegoSample", "1003", "is CONNECTED, error 0", 3, 1000);

    private final String name;
    private final String uid;
    private final String inRoom;
    private final int number;
    private final int hertz;

    VendorSample(String name, String uid, String inRoom, int number, int hertz) {
        this.name = name;
        this.uid = uid;
        this.inRoom = inRoom;
        this.number = number;
        this.hertz = hertz;
    }

    /// A line that it prints once it is in the room.
    Pattern inRoom() {
        return Pattern.compile(inRoom + "$");
    }

    /// In its picture.
    int number() {
        return number;
    }

    int hertz() {
        return hertz;
    }

    /// A line of whoever sees this one's own picture as this one's.
    Pattern isSeen() {
        return Pattern.compile("^" + uid + "(-camera)? shows number " + number + "$");
    }

    Pattern isHeard() {
        return Pattern.compile("^" + uid + "(-camera)? sounds at " + hertz + " Hz$");
    }

    /// Whose token it takes.
    String uid() {
        return uid;
    }

    /// @param told [RtcBench#told] with a token for [#uid]; `proxyServer` is Agora's `rtc.proxy_server`
    LabProcess start(RtcBench bench, Properties told) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:TieredStopAtLevel=1", // starts sooner; what matters is libwebrtc's
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.callgate.examples.vendors." + name,
                told.getProperty("entries"),
                told.getProperty("ca"),
                told.getProperty("janus"),
                told.getProperty("room"));
        Map<String, String> environment = new HashMap<>();
        environment.put("CALLGATE_TOKEN", told.getProperty("token." + uid));
        if (told.containsKey("proxyServer")) environment.put("RTC_PROXY_SERVER", told.getProperty("proxyServer"));
        return bench.lab().corp().start(name, command, environment);
    }
}
