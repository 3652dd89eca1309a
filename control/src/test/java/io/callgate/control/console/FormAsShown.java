package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.console.ConsoleUnderTest.Answer;
import io.callgate.control.console.ConsoleUnderTest.Browser;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A form of a page with what stands in its fields, sent as a browser sends it.
final class FormAsShown {
    private static final Pattern FORM =
            Pattern.compile("<form method=\"post\" action=\"([^\"]+)\">(.*?)</form>", Pattern.DOTALL);
    private static final Pattern FIELD = Pattern.compile(
            "<input([^>]*)>|<textarea([^>]*)>(.*?)</textarea>|<select([^>]*)>(.*?)</select>", Pattern.DOTALL);
    private static final Pattern OPTION = Pattern.compile("<option([^>]*)>");

    private final String action;
    private final List<String[]> fields = new ArrayList<>();

    private FormAsShown(String action, String inside) {
        this.action = action;
        Matcher field = FIELD.matcher(inside);
        while (field.find()) {
            if (field.group(1) != null) {
                input(field.group(1));
            } else if (field.group(2) != null) {
                add(field.group(2), plain(field.group(3)).replace("\n", "\r\n"));
            } else {
                add(field.group(4), chosen(field.group(5)));
            }
        }
    }

    /// @param button what stands on the button of the one that is meant
    static FormAsShown on(Answer page, String button) {
        Matcher form = FORM.matcher(page.expect(200).body());
        while (form.find()) {
            if (form.group(2).contains(">" + button + "</button>")) {
                return new FormAsShown(plain(form.group(1)), form.group(2));
            }
        }
        throw new AssertionError("no form with the button " + button + " on " + page.body());
    }

    /// Everything that stands in the fields of a name, in the order of the form; boxes that are not ticked have
    /// nothing.
    List<String> values(String name) {
        return fields.stream()
                .filter(field -> field[0].equals(name))
                .map(field -> field[1])
                .toList();
    }

    FormAsShown with(String name, String value) {
        without(name);
        return and(name, value);
    }

    /// Ticks another box.
    FormAsShown and(String name, String value) {
        fields.add(new String[] {name, value});
        return this;
    }

    FormAsShown without(String name) {
        assertThat(fields.removeIf(field -> field[0].equals(name))).as(name).isTrue();
        return this;
    }

    Answer send(Browser browser) {
        String key = values(Visit.FORM_KEY).getFirst();
        String[] all = fields.stream()
                .filter(field -> !field[0].equals(Visit.FORM_KEY))
                .flatMap(field -> Stream.of(field))
                .toArray(String[]::new);
        return browser.postWith(key, action, all);
    }

    private void input(String attributes) {
        if (!attributes.contains("type=\"checkbox\"") || attributes.contains(" checked")) {
            // A browser leaves line ends out of a field of one line.
            add(attributes, attribute(attributes, "value").replaceAll("[\r\n]", ""));
        }
    }

    private void add(String attributes, String value) {
        fields.add(new String[] {attribute(attributes, "name"), value});
    }

    private static String chosen(String options) {
        String chosen = "";
        boolean isFirst = true;
        Matcher option = OPTION.matcher(options);
        while (option.find()) {
            if (isFirst || option.group(1).contains(" selected")) {
                chosen = attribute(option.group(1), "value");
            }
            isFirst = false;
        }
        return chosen;
    }

    private static String attribute(String attributes, String name) {
        Matcher value = Pattern.compile(" " + name + "=\"([^\"]*)\"").matcher(attributes);
        return value.find() ? plain(value.group(1)) : "";
    }

    private static String plain(String escaped) {
        return escaped.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#34;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }
}
