package io.callgate.model;

/// Which characters no text holds that people or machines read in lines: those that end a line, move a cursor or
/// turn the direction of writing make a table, a log or a firewall rule show what is not there.
public final class PlainText {
    private PlainText() {}

    public static boolean forbids(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                true;
            case Character.FORMAT ->
                (codePoint >= 0x202A && codePoint <= 0x202E) || (codePoint >= 0x2066 && codePoint <= 0x2069);
            case Character.UNASSIGNED -> (codePoint & 0xFFFE) == 0xFFFE; // noncharacters
            default -> false;
        };
    }

    public static boolean isPlain(String text) {
        return text.codePoints().noneMatch(PlainText::forbids);
    }
}
