package io.callgate.rtc.agora;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// JSON (RFC 8259), and beside it one mistake that stands in Agora's own documentation: a list of strings
/// inside a string, whose quotes nobody has escaped, `"["ip1","ip2"]"`. It is read as what was meant, and told.
///
/// @param value maps, lists, strings, doubles, booleans; null for null
/// @param repair empty for valid JSON
record JsonText(@Nullable Object value, Optional<Repair> repair) {
    /// @param column of the first character that JSON does not allow, from 1
    /// @param text the whole, valid
    record Repair(int column, String text) {}

    /// Not JSON, nor the mistake that is known.
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String what, int at) {
            super(what + " at column " + (at + 1));
        }
    }

    static JsonText parse(String text) throws Malformed {
        Reader reader = new Reader(text);
        Object value = reader.whole();
        return new JsonText(value, reader.repair());
    }

    private static final class Reader {
        private static final int DEEPEST = 32;

        private final String text;
        private final StringBuilder repaired = new StringBuilder(); // of all before copiedTo
        private int at;
        private int copiedTo;
        private int firstWrong = -1;
        private int depth;

        Reader(String text) {
            this.text = text;
        }

        @Nullable
        Object whole() throws Malformed {
            Object value = value();
            if (at < text.length()) {
                throw wrong("something after the end");
            }
            return value;
        }

        Optional<Repair> repair() {
            return firstWrong < 0
                    ? Optional.empty()
                    : Optional.of(new Repair(firstWrong + 1, repaired + text.substring(copiedTo)));
        }

        private @Nullable Object value() throws Malformed {
            if (++depth > DEEPEST) {
                throw wrong("too deep");
            }
            skipSpace();
            char first = peek();
            Object value = switch (first) {
                case '{' -> object();
                case '[' -> array();
                case '"' -> stringOrMistake();
                case 't' -> word("true", true);
                case 'f' -> word("false", false);
                case 'n' -> word("null", null);
                default -> number();
            };
            skipSpace();
            depth--;
            return value;
        }

        private Map<String, @Nullable Object> object() throws Malformed {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            expect('{');
            skipSpace();
            if (taken('}')) {
                return members;
            }
            do {
                skipSpace();
                String key = string();
                skipSpace();
                expect(':');
                members.put(key, value());
            } while (taken(','));
            expect('}');
            return members;
        }

        private List<@Nullable Object> array() throws Malformed {
            List<@Nullable Object> items = new ArrayList<>();
            expect('[');
            skipSpace();
            if (taken(']')) {
                return items;
            }
            do {
                items.add(value());
            } while (taken(','));
            expect(']');
            return items;
        }

        /// A string that is `[` alone, with something right behind it that may not stand there, is the mistake.
        private String stringOrMistake() throws Malformed {
            int start = at;
            String value = string();
            boolean isCutOff =
                    value.strip().equals("[") && at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0;
            if (!isCutOff) {
                return value;
            }
            int end = text.indexOf("]\"", at);
            if (end < 0) {
                throw wrong("a string ends, and something follows");
            }
            firstWrong = firstWrong < 0 ? at : firstWrong;
            String inner = text.substring(start + 1, end + 1);
            repaired.append(text, copiedTo, start)
                    .append('"')
                    .append(inner.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
            at = end + 2;
            copiedTo = at;
            return inner;
        }

        private String string() throws Malformed {
            expect('"');
            StringBuilder value = new StringBuilder();
            while (peek() != '"') {
                char next = text.charAt(at++);
                if (next < 0x20) {
                    at--;
                    throw wrong("a control character in a string");
                }
                value.append(next == '\\' ? escaped() : next);
            }
            at++;
            return value.toString();
        }

        private char escaped() throws Malformed {
            char kind = peek();
            at++;
            return switch (kind) {
                case '"', '\\', '/' -> kind;
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'u' -> unicode();
                default -> {
                    at--;
                    throw wrong("an escape that JSON does not know");
                }
            };
        }

        private char unicode() throws Malformed {
            int value = 0;
            for (int i = 0; i < 4; i++) {
                int digit = Character.digit(peek(), 16);
                if (digit < 0) {
                    throw wrong("four hexadecimal digits wanted");
                }
                value = value << 4 | digit;
                at++;
            }
            return (char) value;
        }

        private @Nullable Object word(String word, @Nullable Object value) throws Malformed {
            if (!text.startsWith(word, at)) {
                throw wrong("a value wanted");
            }
            at += word.length();
            return value;
        }

        private Double number() throws Malformed {
            int start = at;
            while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            String digits = text.substring(start, at);
            if (!digits.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
                at = start;
                throw wrong("a value wanted");
            }
            return Double.valueOf(digits);
        }

        private void skipSpace() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private boolean taken(char wanted) {
            boolean isThere = at < text.length() && text.charAt(at) == wanted;
            at += isThere ? 1 : 0;
            return isThere;
        }

        private void expect(char wanted) throws Malformed {
            if (!taken(wanted)) {
                throw wrong("'" + wanted + "' wanted");
            }
        }

        private char peek() throws Malformed {
            if (at >= text.length()) {
                throw wrong("the end came too early");
            }
            return text.charAt(at);
        }

        private Malformed wrong(String what) {
            return new Malformed(what, at);
        }
    }
}
