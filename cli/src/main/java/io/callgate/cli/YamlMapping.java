package io.callgate.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// The keys of one YAML mapping. Unknown and repeated keys are reported when it is made.
final class YamlMapping {
    private final YamlValue self;
    private final Map<String, YamlValue> values = new LinkedHashMap<>();

    YamlMapping(YamlValue self, MappingNode node, Set<String> keys, Problems problems) {
        this.self = self;
        Map<String, YamlValue> keyPlaces = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            Node keyNode = tuple.getKeyNode();
            YamlValue keyPlace = new YamlValue(keyNode, self.where(), problems);
            if (!(keyNode instanceof ScalarNode scalar)) {
                keyPlace.error("a key must be a word; keys here: " + String.join(", ", keys));
                continue;
            }
            String key = scalar.getValue();
            if (!keys.contains(key)) {
                keyPlace.error("unknown key \"" + key + "\"; " + advice(key, keys));
                continue;
            }
            YamlValue first = keyPlaces.putIfAbsent(key, keyPlace);
            if (first != null) {
                keyPlace.error("the key \"" + key + "\" is there twice, first in line " + first.line() + "; keep one");
                continue;
            }
            String where = self.where().isEmpty() ? key : self.where() + "." + key;
            values.put(key, new YamlValue(tuple.getValueNode(), where, problems));
        }
    }

    /// In the order in which messages list them.
    static Set<String> keys(String... names) {
        return new LinkedHashSet<>(List.of(names));
    }

    YamlValue self() {
        return self;
    }

    Optional<YamlValue> value(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /// @param example what to write, as the message shows it
    Optional<YamlValue> required(String key, String example) {
        if (!values.containsKey(key)) {
            self.error("\"" + key + "\" is missing; add " + key + ": " + example);
        }
        return value(key);
    }

    private static String advice(String key, Set<String> keys) {
        List<String> near = new ArrayList<>();
        for (String known : keys) {
            if (distance(key.toLowerCase(Locale.ROOT), known.toLowerCase(Locale.ROOT)) <= 2) {
                near.add(known);
            }
        }
        return near.isEmpty()
                ? "keys here: " + String.join(", ", keys)
                : "did you mean " + String.join(" or ", near) + "?";
    }

    /// How many letters differ (Levenshtein).
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
