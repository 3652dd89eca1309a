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
    /// Playwright keeps the environment of the first driver that a JVM starts, so all its users give it this one.
    static final Map<String, String> DRIVER = Map.of(
            "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1",
            // The page of a call is on localhost, which Playwright would else send through the proxy.
            "PLAYWRIGHT_DISABLE_FORCED_CHROMIUM_PROXIED_LOOPBACK", "1");

    private static final String CHROMIUM = "/usr/bin/chromium";

    /// Chromium's own calls home stay off the proxy: they would only be noise in the relay's log.
    private static final List<String> CALLS_HOME =
            List.of("*.google.com", "*.googleapis.com", "*.gstatic.com", "*.gvt1.com");

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
    private final Path trusting;
    private final Path distrusting;
    private final HttpServer pages;

    CorpBrowsers(Host corp, LabAuthority authority, Path folder) throws IOException {
        trusting = writeScript(folder.resolve("chromium-trusting"), corp, authority.home(true));
        distrusting = writeScript(folder.resolve("chromium-distrusting"), corp, authority.home(false));
        pages = corp.inside(() -> SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), pageFolder(), OutputLevel.NONE));
        pages.start();
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(DRIVER));
    }

    /// A new browser with a new profile, its page open and its camera on.
    Participant open(BrowserSetup setup) {
        List<String> flags = new ArrayList<>(FLAGS);
        BrowserType.LaunchOptions options = new BrowserType.LaunchOptions()
                .setExecutablePath(setup.trustsAuthority() ? trusting : distrusting)
                .setHeadless(true);
        List<String> bypass = new ArrayList<>(CALLS_HOME);
        bypass.addAll(setup.pastTheProxy());
        switch (setup.proxy()) {
            case SignallingProxy.None _ -> {}
            case SignallingProxy.Connect(String address, boolean tls, String username, String password) ->
                options.setProxy(new Proxy((tls ? "https://" : "http://") + address)
                        .setUsername(username)
                        .setPassword(password)
                        .setBypass(String.join(",", bypass)));
            case SignallingProxy.Company(String address) ->
                options.setProxy(new Proxy("http://" + address).setBypass(String.join(",", bypass)));
            case SignallingProxy.Socks5(String address) -> {
                flags.add("--proxy-server=socks5://" + address);
                flags.add("--proxy-bypass-list=" + String.join(";", bypass));
            }
        }
        Browser browser = playwright.chromium().launch(options.setArgs(flags));
        return new Participant(browser, "http://localhost:" + pages.getAddress().getPort() + "/index.html");
    }

    /// A program that is Chromium in corp, with a home of its own.
    static Path writeScript(Path file, Host corp, Path home) throws IOException {
        String command = String.join(" ", corp.commandInside(List.of(CHROMIUM)));
        Files.writeString(file, "#!/bin/sh\nHOME=%s exec %s \"$@\"\n".formatted(home, command));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
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
