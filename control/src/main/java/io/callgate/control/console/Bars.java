package io.callgate.control.console;

import java.util.ArrayList;
import java.util.List;

/// Numbers as bars beside each other, and where each stands in a picture of 720 × 200.
///
/// @param label what the numbers are
/// @param most as the highest is written
record Bars(String label, List<Bar> bars, String most) {
    static final int WIDTH = 720;
    static final int HEIGHT = 200;
    static final int LEFT = 96;
    static final int TOP = 14;
    static final int GROUND = HEIGHT - 22;

    /// One bar.
    record Bar(String name, long value) {}

    /// Where a bar stands, to a tenth.
    record Place(double x, double y, double width, double height) {
        Place {
            x = rounded(x);
            y = rounded(y);
            width = rounded(width);
            height = rounded(height);
        }

        private static double rounded(double value) {
            return Math.round(value * 10) / 10.0;
        }
    }

    /// Of those bars that are not zero.
    List<Place> places() {
        long highest = Math.max(1, bars.stream().mapToLong(Bar::value).max().orElse(1));
        double step = (WIDTH - LEFT) / (double) Math.max(1, bars.size());
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < bars.size(); i++) {
            if (bars.get(i).value() > 0) {
                double height = Math.max(1, (GROUND - TOP) * (bars.get(i).value() / (double) highest));
                places.add(new Place(LEFT + i * step + step * 0.1, GROUND - height, Math.max(1, step * 0.8), height));
            }
        }
        return places;
    }
}
