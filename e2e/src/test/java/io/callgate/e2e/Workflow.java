package io.callgate.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// A workflow of GitHub's with one job of shell steps, run as a runner of theirs does: each step by a shell of
/// its own that ends at the first failure, with the environment of file and step, all in one folder.
final class Workflow {
    private static final Pattern PLACE = Pattern.compile("\\$\\{\\{ (?:vars|secrets)\\.(\\w+) }}");

    private final Map<?, ?> file;
    private final Map<String, String> given;

    /// @param given what the repository holds, variables and secrets alike; the others are empty
    Workflow(Path file, Map<String, String> given) {
        try {
            this.file = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        this.given = given;
    }

    record Done(String step, ProgramRun run) {}

    /// Up to the first that fails.
    ///
    /// @param path where programs are found before all else
    List<Done> run(String job, Path folder, Path path) {
        List<Done> done = new ArrayList<>();
        for (Object each : (List<?>) member(map(member(map(member(file, "jobs")), job)), "steps")) {
            Map<?, ?> step = map(each);
            ProcessBuilder builder = new ProcessBuilder("sh", "-e", "-c", (String) member(step, "run"));
            builder.directory(folder.toFile());
            builder.environment().putAll(environment(file));
            builder.environment().putAll(environment(step));
            builder.environment().merge("PATH", path.toString(), (known, first) -> first + ":" + known);
            builder.environment().remove("JAVA_TOOL_OPTIONS"); // or the JVM says on stderr that it picked them up
            ProgramRun run = ProgramRun.of(builder);
            done.add(new Done((String) member(step, "name"), run));
            if (run.exitCode() != 0) break;
        }
        return done;
    }

    private Map<String, String> environment(Map<?, ?> of) {
        Map<String, String> environment = new HashMap<>();
        if (of.containsKey("env"))
            map(member(of, "env")).forEach((name, value) -> {
                Matcher place = PLACE.matcher((String) value);
                environment.put((String) name, place.replaceAll(it -> given.getOrDefault(it.group(1), "")));
            });
        return environment;
    }

    private static Object member(Map<?, ?> of, String name) {
        return Objects.requireNonNull(of.get(name), name);
    }

    private static Map<?, ?> map(Object node) {
        return (Map<?, ?>) node;
    }
}
