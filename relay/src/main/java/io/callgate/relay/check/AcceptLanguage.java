package io.callgate.relay.check;

import java.util.Locale;

/// Which of the page's two languages a browser would rather have (RFC 9110 §12.5.4).
final class AcceptLanguage {
    private AcceptLanguage() {}

    /// English unless Chinese is wanted more.
    static boolean prefersChinese(String header) {
        return weightOf("zh", header) > weightOf("en", header);
    }

    /// The highest weight of a language or one of its variants; 0 if it is not there.
    private static double weightOf(String language, String header) {
        double highest = 0;
        for (String part : header.split(",", -1)) {
            String[] fields = part.trim().toLowerCase(Locale.ROOT).split("\\s*;\\s*", -1);
            if (fields[0].equals(language) || fields[0].startsWith(language + "-")) {
                highest = Math.max(highest, fields.length > 1 ? weight(fields[1]) : 1);
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
