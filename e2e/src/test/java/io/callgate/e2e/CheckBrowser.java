package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Real Chromium, headless, that opens the check page of one relay, and what a test asks of it.
final class CheckBrowser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path PICTURES = Path.of("target", "check-page");
    private static final double RUN_LIMIT_MILLIS = 90_000;

    private final Playwright playwright;
    private final Browser browser;
    private final String origin;

    /// Who looks, and through what.
    record Eyes(String locale, int width, int height, ColorScheme colors) {
        static final Eyes DESKTOP = new Eyes("en-GB", 1440, 900, ColorScheme.LIGHT);
        static final Eyes PHONE = new Eyes("zh-CN", 390, 844, ColorScheme.DARK);

        Eyes in(ColorScheme other) {
            return new Eyes(locale, width, height, other);
        }

        Eyes reading(String other) {
            return new Eyes(other, width, height, colors);
        }

        private Browser.NewContextOptions options() {
            return new Browser.NewContextOptions()
                    .setLocale(locale)
                    .setViewportSize(width, height)
                    .setColorScheme(colors)
                    .setIgnoreHTTPSErrors(true); // as who clicks the warning away
        }
    }

    /// @param origin `http://host:port`
    static CheckBrowser start(String origin) {
        assumeTrue(Files.isExecutable(CHROMIUM), "there is no " + CHROMIUM);
        return new CheckBrowser(CHROMIUM, origin);
    }

    /// @param executable Chromium, or what starts it somewhere else
    CheckBrowser(Path executable, String origin) {
        this(executable, origin, List.of());
    }

    /// @param more flags of Chromium's
    CheckBrowser(Path executable, String origin, List<String> more) {
        List<String> flags =
                new ArrayList<>(List.of("--no-sandbox", "--disable-gpu", "--disable-background-networking"));
        flags.addAll(more);
        this.origin = origin;
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(CorpBrowsers.DRIVER));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(executable)
                        .setArgs(flags)
                        .setHeadless(true));
    }

    @Override
    public void close() {
        playwright.close();
    }

    Visit visit(Eyes eyes) {
        return new Visit(browser.newContext(eyes.options()));
    }

    Visit visitWithoutScript() {
        return new Visit(browser.newContext(Eyes.DESKTOP.options().setJavaScriptEnabled(false)));
    }

    /// One page of one visitor with nothing remembered.
    final class Visit implements AutoCloseable {
        private final BrowserContext context;
        private final Page page;
        private final List<String> asked = new ArrayList<>();
        private final List<String> complaints = new ArrayList<>();

        private Visit(BrowserContext context) {
            this.context = context;
            this.page = context.newPage();
            page.onRequest(request -> asked.add(request.url()));
            page.onPageError(complaints::add);
            page.onConsoleMessage(message -> {
                if (message.type().equals("error")) complaints.add(message.text());
            });
        }

        Page page() {
            return page;
        }

        BrowserContext context() {
            return context;
        }

        Visit open() {
            page.navigate(origin + "/check");
            return this;
        }

        /// Waits until the run is over.
        Visit awaitResult() {
            page.locator("#copy").waitFor(new Locator.WaitForOptions().setTimeout(RUN_LIMIT_MILLIS));
            return this;
        }

        String verdict() {
            return page.locator("#sentence").innerText();
        }

        String level() {
            return Objects.requireNonNull(page.locator("#verdict").getAttribute("data-level"));
        }

        String word(String transport) {
            return page.locator("#row-" + transport + " .word").innerText();
        }

        String why(String transport) {
            return page.locator("#row-" + transport + " .why").innerText();
        }

        List<String> figures(String transport) {
            return page.locator("#row-" + transport + " [data-figure]").allInnerTexts();
        }

        /// What a firewall administrator is told to do, ready to be copied.
        List<String> rules() {
            return page.locator("#rules pre").allInnerTexts();
        }

        /// Requests to anybody but the relay.
        List<String> askedElsewhere() {
            return asked.stream().filter(url -> !url.startsWith(origin + "/")).toList();
        }

        /// What the console has of errors, and scripts that failed.
        List<String> complaints() {
            return complaints;
        }

        /// For eyes: `target/check-page/NAME.png`.
        void picture(String name) {
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(PICTURES.resolve(name + ".png"))
                    .setFullPage(true));
        }

        /// Fails with every rule of WCAG 2.2 A and AA that axe finds broken, and where.
        void assertAccessible() {
            page.evaluate(axe());
            Object violations = page.evaluate("""
                async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
                    'best-practice']})).violations.map(broken => broken.id + ': ' + broken.help + ' at '
                    + broken.nodes.map(node => node.target.join(' ') + ' ' + node.failureSummary).join('; '))\
                """);
            assertThat((List<?>) violations).as("axe on " + page.url()).isEmpty();
        }

        /// Whether the page is no wider than its window, so that nobody has to scroll sideways.
        void assertFits() {
            assertThat(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                    .isEqualTo(true);
        }

        @Override
        public void close() {
            context.close();
        }
    }

    private static String axe() {
        try (InputStream in = CheckBrowser.class.getResourceAsStream("/axe.min.js")) {
            return new String(Objects.requireNonNull(in, "axe").readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
