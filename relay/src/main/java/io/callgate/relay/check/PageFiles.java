package io.callgate.relay.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// The files of the page, ready to be sent. Read once, when the first of them is asked for.
final class PageFiles {
    /// Nothing but what this relay serves may run, be shown or be asked; nobody may put the page into a frame.
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String ENGLISH = "<html lang=\"en\">";
    private static final String CHINESE = "<html lang=\"zh-Hans\">";

    private static final CheckAnswer PAGE = page(text("check.html"));
    private static final CheckAnswer PAGE_IN_CHINESE = page(text("check.html").replace(ENGLISH, CHINESE));

    private static final Map<String, CheckAnswer> BY_PATH = Map.of(
            "/check/check.css", file("check.css", "text/css; charset=utf-8"),
            "/check/icon.svg", file("icon.svg", "image/svg+xml"),
            "/check/check.js", file("check.js", SCRIPT),
            "/check/measure.js", file("measure.js", SCRIPT),
            "/check/verdict.js", file("verdict.js", SCRIPT),
            "/check/words.js", file("words.js", SCRIPT));

    private PageFiles() {}

    static CheckAnswer page(boolean inChinese) {
        return inChinese ? PAGE_IN_CHINESE : PAGE;
    }

    static Optional<CheckAnswer> find(String path) {
        return Optional.ofNullable(BY_PATH.get(path));
    }

    private static CheckAnswer page(String html) {
        return CheckAnswer.of(
                200,
                "text/html; charset=utf-8",
                html.getBytes(StandardCharsets.UTF_8),
                Map.of("content-security-policy", POLICY, "referrer-policy", "no-referrer"));
    }

    private static CheckAnswer file(String name, String type) {
        return CheckAnswer.of(
                200,
                type,
                text(name).getBytes(StandardCharsets.UTF_8),
                Map.of("cross-origin-resource-policy", "same-origin"));
    }

    private static String text(String name) {
        try (InputStream in = PageFiles.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("this build lacks the check page's " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the check page's " + name, e);
        }
    }
}
