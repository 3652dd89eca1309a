package io.callgate.cli;

import io.callgate.model.Secret;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// One value of a YAML file that knows its place. Asking it for what it is not reports a problem and gives
/// nothing, so the walk goes on and finds the rest.
///
/// Walks the composed nodes and not a bound object: binding stops at the first error and forgets lines.
final class YamlValue {
    private final Node node;
    private final String where;
    private final Problems problems;

    YamlValue(Node node, String where, Problems problems) {
        this.node = node;
        this.where = where;
        this.problems = problems;
    }

    /// Empty when the text is no YAML (then that is reported) or holds no document.
    static Optional<YamlValue> compose(String text, Problems problems) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(problems.file().toString())
                .setAllowNonScalarKeys(true) // to tell their place
                .build();
        try {
            return new Compose(settings).composeString(text).map(node -> new YamlValue(node, "", problems));
        } catch (MarkedYamlEngineException e) {
            // The parser cannot go on behind a syntax error: this is the one problem that comes alone.
            String problem = e.getProblem() == null ? "not YAML" : e.getProblem();
            problems.add(Problem.Severity.ERROR, e.getProblemMark(), "", "not YAML: " + problem.replace('\n', ' '));
        } catch (YamlEngineException e) {
            String message = String.valueOf(e.getMessage()).replace('\n', ' ');
            problems.add(Problem.Severity.ERROR, Optional.empty(), "", "not YAML: " + message);
        }
        return Optional.empty();
    }

    String where() {
        return where;
    }

    int line() {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    Path file() {
        return problems.file();
    }

    /// A file that this value names, relative to the folder of the relay file; remembered as read.
    Optional<Path> path() {
        Optional<Path> path = text().map(name -> file().resolveSibling(name));
        path.ifPresent(problems::consulted);
        return path;
    }

    void error(String message) {
        problems.add(Problem.Severity.ERROR, node.getStartMark(), where, message);
    }

    void warning(String message) {
        problems.add(Problem.Severity.WARNING, node.getStartMark(), where, message);
    }

    void note(String message) {
        problems.add(Problem.Severity.NOTE, node.getStartMark(), where, message);
    }

    /// @param keys all that may stand here; others and repeated ones are reported at once
    Optional<YamlMapping> mapping(Set<String> keys) {
        if (node instanceof MappingNode mapping) {
            return Optional.of(new YamlMapping(this, mapping, keys, problems));
        }
        error("want keys (" + String.join(", ", keys) + "), found " + kind());
        return Optional.empty();
    }

    List<YamlValue> items() {
        if (node instanceof SequenceNode sequence) {
            List<YamlValue> items = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                items.add(new YamlValue(item, where + "[" + items.size() + "]", problems));
            }
            return items;
        }
        error("want a list, as in [a, b], found " + kind());
        return List.of();
    }

    boolean isEmptyList() {
        return node instanceof SequenceNode sequence && sequence.getValue().isEmpty();
    }

    /// For keys that take one value or a list of them.
    List<YamlValue> itemsOrOne() {
        return node instanceof SequenceNode ? items() : List.of(this);
    }

    Optional<String> text() {
        if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
            return Optional.of(scalar.getValue());
        }
        error("want one value, found " + kind());
        return Optional.empty();
    }

    /// Messages about secrets leave the value out: they end in logs and tickets.
    Optional<Secret> secret() {
        return text().flatMap(text -> {
            if (text.isEmpty()) {
                error("an empty secret; take 16 characters or more, such as openssl rand -hex 32 makes");
                return Optional.empty();
            }
            return Optional.of(Secret.of(text));
        });
    }

    /// @param parser throws [IllegalArgumentException] with a message that names value and mend
    <T> Optional<T> parse(Function<String, T> parser) {
        return text().flatMap(text -> attempt(() -> parser.apply(text)));
    }

    /// A value, or the problem that its constructor has with it.
    <T> Optional<T> attempt(Supplier<T> maker) {
        try {
            return Optional.of(maker.get());
        } catch (IllegalArgumentException e) {
            error(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /// Whether it is this very word; reports nothing.
    boolean says(String word) {
        return node instanceof ScalarNode scalar && scalar.getValue().equals(word);
    }

    Optional<Boolean> bool() {
        return parse(text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("\"" + text + "\": want true or false");
        });
    }

    Optional<Long> number(long least, long most) {
        return parse(text -> {
            if (!text.matches("-?[0-9]{1,18}") || Long.parseLong(text) < least || Long.parseLong(text) > most) {
                throw new IllegalArgumentException(
                        "\"" + text + "\": want a whole number within " + least + " to " + most);
            }
            return Long.parseLong(text);
        });
    }

    private String kind() {
        if (node instanceof MappingNode) {
            return "keys and values";
        }
        if (node instanceof SequenceNode) {
            return "a list";
        }
        return isEmpty() ? "nothing" : "\"" + ((ScalarNode) node).getValue() + "\"";
    }

    private boolean isEmpty() {
        @Nullable Tag tag = node.getTag();
        return tag != null && tag.equals(Tag.NULL);
    }
}
