package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.callgate.e2e.CheckBrowser.Eyes;
import io.callgate.e2e.CheckBrowser.Visit;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the console lets an app's developer copy: compiled and run as it stands on the page.
@Timeout(300)
class SnippetsTest {
    private static final String PASSWORD = "correct horse battery";

    @Test
    void everySnippetIsWhatItsSdkTakes(@TempDir Path folder) throws IOException {
        try (ConsoleFleet fleet = new ConsoleFleet();
                CheckBrowser browser = CheckBrowser.start(fleet.origin());
                Visit visit = browser.visit(Eyes.DESKTOP)) {
            fleet.app("demo", "Eve", 500);
            fleet.relay("fra-1", "eu-central", "203.0.113.7", "callgate 0.1.0").beat();
            Page page = visit.page();
            Map<String, String> snippets = snippets(fleet, page);

            assertThat(snippets).containsOnlyKeys("A browser", "The SDK (Java, Android)", "Agora", "NERTC", "ZEGO");
            snippets.forEach((title, code) -> {
                if (!title.equals("A browser")) {
                    String vendor = title.startsWith("The SDK") ? "agora" : title.toLowerCase(Locale.ROOT);
                    assertThat(complaints(vendor, code, folder))
                            .as(title + "\n" + code)
                            .isEmpty();
                }
            });
            assertThat(snippets.get("Agora")).contains("[1, \\\"203.0.113.7\\\", 443]");
            assertThat(snippets.get("ZEGO")).contains("proxy.hostName = \"203.0.113.7\";");
            assertThat(snippets.get("NERTC")).contains("withEntries(\"203.0.113.7:443\")");
            page.navigate("about:blank"); // the console itself lets nobody make scripts of text
            assertThat(policyOf(page, snippets.getOrDefault("A browser", ""))).isEqualTo("relay turn:203.0.113.7:443");
        }
    }

    private static Map<String, String> snippets(ConsoleFleet fleet, Page page) {
        page.navigate(fleet.origin() + "/login");
        page.locator("[name=name]").fill("admin");
        page.locator("[name=password]").fill(fleet.firstPassword);
        page.keyboard().press("Enter");
        page.locator("[name=old]").fill(fleet.firstPassword);
        page.locator("[name=new]").fill(PASSWORD);
        page.locator("[name=again]").fill(PASSWORD);
        page.keyboard().press("Enter");
        page.locator(".numbers").waitFor();
        page.navigate(fleet.origin() + "/apps/demo");
        Map<String, String> snippets = new LinkedHashMap<>();
        page.locator("pre[aria-label]")
                .all()
                .forEach(pre -> snippets.put(pre.getAttribute("aria-label"), pre.textContent()));
        return snippets;
    }

    /// The script as a page of the app runs it, whose server has answered with a lease.
    private static String policyOf(Page page, String script) {
        return (String) page.evaluate("""
            async script => {
              const fetch = async () => ({json: async () => ({
                iceServers: [{urls: ["turn:203.0.113.7:443"], username: "u", credential: "c"}]})});
              const run = new (async () => {}).constructor("fetch", script + "; return connection.getConfiguration();");
              const configuration = await run(fetch);
              return configuration.iceTransportPolicy + " " + configuration.iceServers[0].urls;
            }\
            """, script);
    }

    /// A snippet in an app: its imports, and what the snippet's own words are.
    private static String around(String vendor, String code) {
        return """
            import io.callgate.client.CloudProxy;
            import io.callgate.model.TimeSource;
            import io.callgate.rtc.media.MediaStack;
            import io.callgate.rtc.service.RtcService;
            import io.callgate.rtc.vendor.Cloud;
            import io.callgate.rtc.%s.*;
            import java.util.List;

            final class Snippet {
                void run(TimeSource time, String TOKEN, RtcService service, MediaStack media,
                        io.callgate.rtc.agora.IRtcEngineEventHandler handler,
                        io.callgate.rtc.nertc.NERtcCallbackEx callback) {
                    %s
                }
            }
            """.formatted(vendor, code);
    }

    private static String complaints(String vendor, String code, Path folder) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return around(vendor, code);
                    }
                };
        boolean isGood = compiler.getTask(
                        complaints,
                        null,
                        null,
                        List.of("-proc:none", "-d", folder.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        List.of(source))
                .call();
        return isGood ? "" : complaints.toString();
    }
}
