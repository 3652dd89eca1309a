package io.callgate.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `MAJOR.MINOR.PATCH`, ordered by its numbers; what follows (`-beta.1`) is dropped.
public record SdkVersion(int major, int minor, int patch) implements Comparable<SdkVersion> {
    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,6})\\.([0-9]{1,6})(?:\\.([0-9]{1,6}))?(?:[-+][0-9A-Za-z.+-]{1,32})?");

    /// @param text `1.4`, `1.4.2`, `1.4.2-SNAPSHOT`
    public static SdkVersion parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("version \"" + text + "\": want numbers as in 1.4.2");
        }
        int patch = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        return new SdkVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), patch);
    }

    @Override
    public int compareTo(SdkVersion other) {
        if (major != other.major) {
            return Integer.compare(major, other.major);
        }
        return minor != other.minor ? Integer.compare(minor, other.minor) : Integer.compare(patch, other.patch);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
