package io.callgate.e2e;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.Proxy;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import io.callgate.testkit.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Real Chromium in corp, headless, with fake camera and microphone; and the page of the call, served on corp's
/// own localhost because `getUserMedia` wants a secure context.
final class CorpBrowsers implements AutoCloseable {
    private static final String CHROMIUM = "/usr/bin/chromium";

    /// Chromium's own calls home stay off the proxy: they would only be noise in the relay's log.
    private static final String CALLS_HOME = ".google.com,.googleapis.com,.gstatic.com,.gvt1.com";

    private static final List<String> FLAGS = List.of(
            "--no-sandbox", // it runs as root
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--autoplay-policy=no-user-gesture-required",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream");

    private final Playwright playwright;
    private final Path chromiumInCorp;
    private final HttpServer pages;

    CorpBrowsers(Host corp, Path folder) throws IOException {
        chromiumInCorp = Files.writeString(
                folder.resolve("chromium-in-corp"),
                "#!/bin/sh\nexec %s \"$@\"\n".formatted(String.join(" ", corp.commandInside(List.of(CHROMIUM)))));
        Files.setPosixFilePermissions(chromiumInCorp, PosixFilePermissions.fromString("rwx------"));
        pages = corp.inside(() -> SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), pageFolder(), OutputLevel.NONE));
        pages.start();
        playwright = Playwright.create(new Playwright.CreateOptions()
                .setEnv(Map.of(
                        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1",
                        // The page is on localhost, which Playwright would else send through the proxy.
                        "PLAYWRIGHT_DISABLE_FORCED_CHROMIUM_PROXIED_LOOPBACK", "1")));
    }

    /// A new browser with a new profile, its page open and its camera on.
    Participant open(SignallingProxy proxy) {
        List<String> flags = new ArrayList<>(FLAGS);
        BrowserType.LaunchOptions options = new BrowserType.LaunchOptions()
                .setExecutablePath(chromiumInCorp)
                .setHeadless(true);
        switch (proxy) {
            case SignallingProxy.None _ -> {}
            case SignallingProxy.Connect(String address, String username, String password) ->
                options.setProxy(new Proxy("http://" + address)
                        .setUsername(username)
                        .setPassword(password)
                        .setBypass(CALLS_HOME));
            case SignallingProxy.Socks5(String address) -> {
                flags.add("--proxy-server=socks5://" + address);
                flags.add(
                        "--proxy-bypass-list=" + CALLS_HOME.replace(",.", ";*.").replaceFirst("^\\.", "*."));
            }
        }
        Browser browser = playwright.chromium().launch(options.setArgs(flags));
        return new Participant(browser, "http://localhost:" + pages.getAddress().getPort() + "/index.html");
    }

    @Override
    public void close() {
        playwright.close();
        pages.stop(0);
    }

    private static Path pageFolder() throws URISyntaxException {
        URL folder = Objects.requireNonNull(CorpBrowsers.class.getResource("/call"), "the page of the call");
        return Path.of(folder.toURI());
    }
}
