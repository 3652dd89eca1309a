package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The code in the Javadoc of this module compiles as it stands there.
@Timeout(120)
class ManualTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^ */// ```java\\n((?: *///.*\\n)*?) */// ```$");

    @Test
    void everySampleCompiles(@TempDir Path folder) throws IOException {
        Map<String, String> samples = samples();
        assertThat(samples).hasSizeGreaterThanOrEqualTo(10);

        List<JavaFileObject> sources = new ArrayList<>();
        samples.forEach((name, source) -> sources.add(
                new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                }));
        StringWriter complaints = new StringWriter();
        List<String> options =
                List.of("-proc:none", "-d", folder.toString(), "-cp", System.getProperty("java.class.path"));
        ToolProvider.getSystemJavaCompiler()
                .getTask(complaints, null, null, options, null, sources)
                .call();

        assertThat(complaints.toString()).isEmpty();
    }

    /// Whole classes by their names, which say where each sample stands.
    private static Map<String, String> samples() throws IOException {
        Map<String, String> samples = new TreeMap<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                Matcher sample = SAMPLE.matcher(Files.readString(file));
                while (sample.find()) {
                    String where = SOURCES.relativize(file).toString();
                    String name = where.replaceAll("\\.java$|\\W", "_") + samples.size();
                    String code = sample.group(1)
                            .lines()
                            .map(line -> line.replaceFirst("^ */// ?", ""))
                            .collect(Collectors.joining("\n"));
                    samples.put(name, around(facade(where), name, code));
                }
            }
        }
        return samples;
    }

    /// A class of that name with what a sample's own words are; it may declare them itself.
    ///
    /// @param facade of which it is; empty for the engine, which has names in common with vendors
    private static String around(String facade, String name, String code) {
        return """
            import io.callgate.client.CloudProxy;
            import io.callgate.client.network.*;
            import io.callgate.model.*;
            import io.callgate.rtc.janus.*;
            import io.callgate.rtc.live.*;
            import io.callgate.rtc.media.*;
            import io.callgate.rtc.service.*;
            import io.callgate.rtc.vendor.*;
            import io.callgate.rtc.webrtc.*;
            import io.callgate.rtc.%s*;
            import java.util.List;

            abstract class %s {
                TimeSource time;
                MediaStack media;
                io.callgate.rtc.RtcEvents events;
                io.callgate.rtc.RtcEngine engine;
                String token;
                RemoteStream stream;
                AudioChunk chunk;
                AudioSink speaker;
                VideoSink screen;
                LocalAudio microphone;
                LocalVideo camera;
                StreamSinks sinks;
                Cloud cloud;
                io.callgate.rtc.%s handler;
                io.callgate.rtc.nertc.NERtcCallbackEx callback;
                List<io.callgate.rtc.zego.ZegoProxyInfo> proxies;
                io.callgate.rtc.zego.ZegoEngineProfile profile;
                io.callgate.rtc.zego.ZegoRoomConfig config;

                abstract void play(AudioChunk sound);

                abstract void show(I420Frame picture);

                void run() {
                    %s
                }
            }
            """.formatted(
                        facade.isEmpty() ? "" : facade + ".",
                        name,
                        facade.equals("zego") ? "zego.IZegoEventHandler" : "agora.IRtcEngineEventHandler",
                        code);
    }

    /// Empty if it is about none.
    private static String facade(String where) {
        Matcher facade = Pattern.compile("rtc/(agora|nertc|zego)/").matcher(where);
        return facade.find() ? facade.group(1) : "";
    }
}
