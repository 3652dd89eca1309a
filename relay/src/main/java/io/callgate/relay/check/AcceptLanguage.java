package io.callgate.relay.check;

import java.util.Locale;

/// Which of the page's two languages a browser would rather have (RFC 9110 §12.5.4).
final class AcceptLanguage {
    /// No browser says more. Anybody may send it, so a longer one is not looked at.
    private static final int MOST_CHARACTERS = 256;

    private AcceptLanguage() {}

    /// English unless Chinese is wanted more.
    static boolean prefersChinese(String header) {
        return header.length() <= MOST_CHARACTERS && weightOf("zh", header) > weightOf("en", header);
    }

    /// The highest weight of a language or one of its variants; 0 if it is not there.
    private static double weightOf(String language, String header) {
        double highest = 0;
        for (String part : header.toLowerCase(Locale.ROOT).split(",", -1)) {
            int weightAt = part.indexOf(';');
            String range = (weightAt < 0 ? part : part.substring(0, weightAt)).trim();
            if (range.equals(language) || range.startsWith(language + "-")) {
                highest = Math.max(
                        highest,
                        weightAt < 0 ? 1 : weight(part.substring(weightAt + 1).trim()));
            }
        }
        return highest;
    }

    private static double weight(String field) {
        try {
            return field.startsWith("q=") ? Double.parseDouble(field.substring(2)) : 1;
        } catch (NumberFormatException noWeight) {
            return 0;
        }
    }
}
