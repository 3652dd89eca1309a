package io.callgate.control.console;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What pages are written in. Each text stands where it is shown, in both: none can be missing.
enum Language {
    ENGLISH("en"),
    CHINESE("zh-Hans");

    private final String tag;

    Language(String tag) {
        this.tag = tag;
    }

    String of(String english, String chinese) {
        return this == ENGLISH ? english : chinese;
    }

    /// As HTML's `lang` has it.
    String tag() {
        return tag;
    }

    Language other() {
        return this == ENGLISH ? CHINESE : ENGLISH;
    }

    /// What it calls itself.
    String selfName() {
        return of("English", "中文");
    }

    /// By the tag of a link or a cookie.
    static Optional<Language> ofTag(@Nullable String tag) {
        return Stream.of(values()).filter(language -> language.tag.equals(tag)).findFirst();
    }

    /// @param header `Accept-Language`; the first that we have, for browsers send them in order
    static Language accepted(@Nullable String header) {
        for (String range :
                (header == null ? "" : header).toLowerCase(Locale.ROOT).split(",", 20)) {
            String wanted = range.strip();
            if (wanted.startsWith("zh")) {
                return CHINESE;
            }
            if (wanted.startsWith("en")) {
                return ENGLISH;
            }
        }
        return ENGLISH;
    }
}
