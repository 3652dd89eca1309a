package io.callgate.e2e;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.TimeoutError;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// One person in a call: a browser of its own with `call.js`, camera and microphone open.
final class Participant implements AutoCloseable {
    private static final double FIFTY_MILLIS = 50;

    private final Browser browser;
    private final Page page;

    Participant(Browser browser, String pageUrl) {
        this.browser = browser;
        this.page = browser.newPage();
        page.navigate(pageUrl);
        page.evaluate(
                "video => participant.prepare(video)",
                Map.of("width", 320, "height", 240, "frameRate", Quality.CAMERA_FPS));
    }

    /// Lets the browser learn that its proxy wants credentials, and give them.
    void signInAtProxy(String url) {
        page.evaluate("url => participant.signInAtProxy(url)", url);
    }

    /// Starts to join; see [#awaitTrue] for what comes of it.
    void join(Map<String, Object> plan) {
        page.evaluate("plan => participant.join(plan)", plan);
    }

    /// Waits until a boolean of `participant.state` is true.
    ///
    /// @return false if `limit` is over, or the page has given up
    boolean awaitTrue(String state, Duration limit) {
        String reachedOrFailed = "() => participant.state.%s || participant.state.failure !== null".formatted(state);
        awaitCondition(reachedOrFailed, limit);
        return (boolean) page.evaluate("() => participant.state." + state);
    }

    /// Waits until the first remote frame has been decoded.
    boolean awaitFirstFrame(Duration limit) {
        awaitCondition("() => participant.frames.firstAt !== null || participant.state.failure !== null", limit);
        return (boolean) page.evaluate("() => participant.frames.firstAt !== null");
    }

    /// From now on only frames that come later count for [#awaitFrame].
    void forgetFrames() {
        page.evaluate("() => { participant.frames.seen = false; }");
    }

    /// Waits until a remote frame has been decoded since [#forgetFrames].
    boolean awaitFrame(Duration limit) {
        awaitCondition("() => participant.frames.seen", limit);
        return (boolean) page.evaluate("() => participant.frames.seen");
    }

    /// Waits until the page has given up.
    ///
    /// @return why; empty if `limit` is over
    Optional<String> awaitFailure(Duration limit) {
        awaitCondition("() => participant.state.failure !== null", limit);
        return Optional.ofNullable((String) page.evaluate("() => participant.state.failure"));
    }

    void startMeasuring() {
        page.evaluate("() => participant.startMeasuring()");
    }

    void awaitMeasured(Duration measured) {
        awaitCondition(
                "() => participant.measuredMillis() >= " + measured.toMillis(), measured.plus(Duration.ofSeconds(20)));
    }

    Reception report() {
        return Reception.of((Map<?, ?>) page.evaluate("() => participant.report()"));
    }

    /// What the page knows of the trouble, for a person to read.
    String trouble() {
        return (String) page.evaluate("() => [participant.state.failure, ...new"
                + " Set(participant.state.iceErrors)].filter(Boolean).join('; ')");
    }

    @Override
    public void close() {
        browser.close();
    }

    private void awaitCondition(String script, Duration limit) {
        try {
            page.waitForFunction(
                    script,
                    null,
                    new Page.WaitForFunctionOptions()
                            .setPollingInterval(FIFTY_MILLIS)
                            .setTimeout((double) limit.toMillis()));
        } catch (TimeoutError e) {
            return; // the caller asks what state it is in, and says so in its own words
        }
    }
}
