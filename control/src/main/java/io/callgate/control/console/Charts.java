package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;

import java.util.ArrayList;
import java.util.List;

/// Pictures of numbers as SVG, drawn on the server. Each says in words what it is; the numbers stand in a table
/// too.
final class Charts {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 200;
    private static final int LEFT = 96;
    private static final int BOTTOM = 22;
    private static final int TOP = 14;

    private Charts() {}

    /// One bar.
    record Bar(String label, long value) {}

    /// How much of a whole.
    static Html meter(String label, long part, long whole) {
        long percent = whole == 0 ? 0 : Math.min(100, part * 100 / whole);
        return el(
                "svg",
                css("meter"),
                at("viewBox", "0 0 100 4"),
                at("preserveAspectRatio", "none"),
                at("role", "img"),
                at("aria-label", label + ": " + percent + " %"),
                rect("ground", 0, 0, 100, 4),
                rect(percent >= 90 ? "bar full" : "bar", 0, 0, (double) percent, 4));
    }

    /// Bars beside each other, the first and the last with their names.
    ///
    /// @param most as the highest is written
    static Html bars(String label, List<Bar> bars, String most) {
        long highest = Math.max(1, bars.stream().mapToLong(Bar::value).max().orElse(1));
        double step = (WIDTH - LEFT) / (double) Math.max(1, bars.size());
        int ground = HEIGHT - BOTTOM;
        List<Html> parts = new ArrayList<>();
        parts.add(line(ground));
        parts.add(line(TOP));
        parts.add(text(LEFT - 8, TOP + 4, "end", most));
        parts.add(text(LEFT - 8, ground + 4, "end", "0"));
        for (int i = 0; i < bars.size(); i++) {
            double height = (ground - TOP) * (bars.get(i).value() / (double) highest);
            double x = LEFT + i * step;
            if (bars.get(i).value() > 0) {
                parts.add(rect(
                        "bar",
                        x + step * 0.1,
                        ground - Math.max(1, height),
                        Math.max(1, step * 0.8),
                        Math.max(1, height)));
            }
        }
        if (!bars.isEmpty()) {
            parts.add(text(LEFT, HEIGHT - 4, "start", bars.getFirst().label()));
            parts.add(text(WIDTH, HEIGHT - 4, "end", bars.getLast().label()));
        }
        return el(
                "svg",
                css("bars"),
                at("viewBox", "0 0 " + WIDTH + " " + HEIGHT),
                at("role", "img"),
                at("aria-label", label),
                parts);
    }

    private static Html line(int y) {
        return el(
                "line",
                at("x1", Integer.toString(LEFT)),
                at("x2", Integer.toString(WIDTH)),
                at("y1", Integer.toString(y)),
                at("y2", Integer.toString(y)));
    }

    private static Html text(int x, int y, String anchor, String words) {
        return el("text", at("x", Integer.toString(x)), at("y", Integer.toString(y)), at("text-anchor", anchor), words);
    }

    private static Html rect(String kind, double x, double y, double width, double height) {
        return el(
                "rect",
                css(kind),
                at("x", rounded(x)),
                at("y", rounded(y)),
                at("width", rounded(width)),
                at("height", rounded(height)));
    }

    private static String rounded(double value) {
        return Double.toString(Math.round(value * 10) / 10.0);
    }
}
