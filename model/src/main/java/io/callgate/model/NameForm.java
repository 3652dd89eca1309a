package io.callgate.model;

/// What a name may be: ASCII letters, digits and a few characters more, one at least. Looked at character by
/// character, for each Allocate asks for two names, and a regular expression takes a large part of its time.
///
/// @param others the characters besides letters and digits
/// @param longest in characters
record NameForm(String others, int longest) {
    boolean fits(String name) {
        if (name.isEmpty() || name.length() > longest) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isLetterOrDigit(name.charAt(i)) && others.indexOf(name.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c);
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
