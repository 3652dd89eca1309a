package io.callgate.control.console;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A piece of a page, as a value. Text and attributes are escaped when they are written: there is no way to leave
/// it out, and no way to write a script into a page (decision 0057).
sealed interface Html extends gg.jte.Content {
    record Text(String value) implements Html {}

    record Element(String tag, List<Attribute> attributes, List<Html> children) implements Html {}

    record Group(List<Html> parts) implements Html {}

    /// Stands among the parts of an element.
    record Attribute(String name, String value) {}

    Set<String> WITHOUT_END = Set.of("meta", "link", "input", "br", "hr", "wbr");

    /// @param parts attributes, pieces, texts and numbers; collections and optionals of them
    static Html el(String tag, Object... parts) {
        List<Attribute> attributes = new ArrayList<>();
        List<Html> children = new ArrayList<>();
        sort(List.of(parts), attributes, children);
        if (tag.equals("script") && !children.isEmpty()) {
            throw new IllegalArgumentException("a script stands in a file of its own");
        }
        return new Element(tag, attributes, children);
    }

    static Html group(Object... parts) {
        List<Attribute> attributes = new ArrayList<>();
        List<Html> children = new ArrayList<>();
        sort(List.of(parts), attributes, children);
        if (!attributes.isEmpty()) {
            throw new IllegalArgumentException("attributes " + attributes + " outside an element");
        }
        return new Group(children);
    }

    static Html nothing() {
        return new Group(List.of());
    }

    static Attribute at(String name, String value) {
        return new Attribute(name, value);
    }

    /// An attribute that is there or not, as `checked`.
    static Object flag(String name, boolean isSet) {
        return isSet ? new Attribute(name, "") : nothing();
    }

    static Attribute css(String names) {
        return new Attribute("class", names);
    }

    @Override
    default void writeTo(gg.jte.TemplateOutput output) {
        output.writeContent(write());
    }

    /// As HTML, with nothing between the pieces.
    default String write() {
        StringBuilder out = new StringBuilder(4096);
        write(this, out);
        return out.toString();
    }

    private static void sort(Collection<?> parts, List<Attribute> attributes, List<Html> children) {
        for (Object part : parts) {
            switch (part) {
                case Attribute attribute -> attributes.add(attribute);
                case Html piece -> children.add(piece);
                case String text -> children.add(new Text(text));
                case Number number -> children.add(new Text(number.toString()));
                case Collection<?> many -> sort(many, attributes, children);
                case Optional<?> maybe -> sort(maybe.stream().toList(), attributes, children);
                default -> throw new IllegalArgumentException("no part of a page: " + part.getClass());
            }
        }
    }

    private static void write(Html piece, StringBuilder out) {
        switch (piece) {
            case Text text -> escape(text.value(), out);
            case Group group -> group.parts().forEach(part -> write(part, out));
            case Element element -> {
                out.append('<').append(element.tag());
                for (Attribute attribute : element.attributes()) {
                    out.append(' ').append(attribute.name()).append("=\"");
                    escape(attribute.value(), out);
                    out.append('"');
                }
                out.append('>');
                if (!WITHOUT_END.contains(element.tag())) {
                    element.children().forEach(child -> write(child, out));
                    out.append("</").append(element.tag()).append('>');
                }
            }
        }
    }

    private static void escape(String text, StringBuilder out) {
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            switch (letter) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(letter);
            }
        }
    }
}
