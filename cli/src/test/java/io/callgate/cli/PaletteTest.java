package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Check page and console are of one family: a colour that both have is the same, by day and by night.
class PaletteTest {
    private static final Pattern COLOUR = Pattern.compile("--([a-z-]+): (#[0-9a-f]{6});");

    @Test
    void theColoursOfBothPagesAreTheSame() throws IOException {
        Map<String, String> console = colours("/io/callgate/control/console/console.css");
        Map<String, String> check = colours("/io/callgate/relay/check/check.css");

        check.keySet().retainAll(console.keySet());
        assertThat(check).hasSizeGreaterThan(20);
        assertThat(console).containsAllEntriesOf(check);
    }

    /// The first of a name is for the day, the second for the night.
    private static Map<String, String> colours(String path) throws IOException {
        try (InputStream in = Objects.requireNonNull(PaletteTest.class.getResourceAsStream(path), path)) {
            Matcher each = COLOUR.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            Map<String, String> colours = new LinkedHashMap<>();
            while (each.find()) {
                String name = each.group(1);
                colours.put(colours.containsKey(name) ? name + " by night" : name, each.group(2));
            }
            return colours;
        }
    }
}
