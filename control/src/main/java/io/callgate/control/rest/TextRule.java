package io.callgate.control.rest;

/// Which characters no text of the API may hold.
final class TextRule {
    private TextRule() {}

    static boolean forbids(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                true;
            // Marks that turn the direction of writing make a table show what is not there.
            case Character.FORMAT ->
                (codePoint >= 0x202A && codePoint <= 0x202E) || (codePoint >= 0x2066 && codePoint <= 0x2069);
            case Character.UNASSIGNED -> (codePoint & 0xFFFE) == 0xFFFE; // noncharacters
            default -> false;
        };
    }
}
