package io.callgate.wire.stun;

import java.text.Normalizer;

/// The OpaqueString profile of RFC 8265 §4.2 as far as the JDK goes: other spaces become U+0020, then NFC. Code
/// points that the profile forbids (controls) are not refused here; they simply never match a configured name.
final class OpaqueString {
    private OpaqueString() {}

    static String prepare(String text) {
        return isAscii(text) ? text : normalized(text);
    }

    /// Nothing of it changes: most realms and passwords are such, and each Allocate asks for two.
    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7F) {
                return false;
            }
        }
        return true;
    }

    private static String normalized(String text) {
        int[] spaced = text.codePoints()
                .map(c -> Character.getType(c) == Character.SPACE_SEPARATOR ? ' ' : c)
                .toArray();
        return Normalizer.normalize(new String(spaced, 0, spaced.length), Normalizer.Form.NFC);
    }
}
