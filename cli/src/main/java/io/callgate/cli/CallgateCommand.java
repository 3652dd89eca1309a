package io.callgate.cli;

import io.callgate.doctor.DoctorCommand;
import io.callgate.doctor.DoctorException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// The root of all commands, and the form that their failures take.
@Command(
        name = "callgate",
        version = "callgate " + CallgateCommand.VERSION,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "One IP, one port: calls get through. An open cloud proxy for real-time communication.",
        footer = {"", "Exit codes: 0 done, 1 failed (one line on stderr says why), 2 usage."})
final class CallgateCommand implements Runnable {
    static final String VERSION = "0.1.0";

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    /// Runs one command line and tells its exit code; prints, but never ends the process.
    static int execute(Terminal terminal, String... args) {
        CommandLine root = new CommandLine(new CallgateCommand());
        Map<String, Supplier<CommandLine>> commands = commands(terminal);
        Set<String> wanted = args.length > 0 && commands.containsKey(args[0]) ? Set.of(args[0]) : commands.keySet();
        commands.forEach((name, command) -> {
            if (wanted.contains(name)) {
                root.addSubcommand(command.get());
            }
        });
        root.setOut(terminal.out()).setErr(terminal.err());
        root.setCaseInsensitiveEnumValuesAllowed(true);
        root.setParameterExceptionHandler((failure, arguments) -> usage(terminal, failure));
        root.setExecutionExceptionHandler((failure, command, arguments) -> failed(terminal, failure));
        return root.execute(args);
    }

    /// Each is made when it is named: picocli reads annotations for half a second if it has to read all of them.
    private static Map<String, Supplier<CommandLine>> commands(Terminal terminal) {
        Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
        commands.put("serve", () -> new CommandLine(new ServeCommand(terminal)));
        commands.put("relay", () -> new CommandLine(new RelayCommand(terminal)));
        commands.put("control", () -> new CommandLine(new ControlCommand(terminal)));
        commands.put(
                "app", () -> new CommandLine(new AppCommand(terminal)).addSubcommand(new AppSecretCommand(terminal)));
        commands.put("pool", () -> new CommandLine(new PoolCommand(terminal)));
        commands.put("session", () -> new CommandLine(new SessionCommand(terminal)));
        commands.put("usage", () -> new CommandLine(new UsageCommand(terminal)));
        commands.put("audit", () -> new CommandLine(new AuditCommand(terminal)));
        commands.put("user", () -> new CommandLine(new UserCommand(terminal)));
        commands.put("credentials", () -> new CommandLine(new CredentialsCommand(terminal)));
        commands.put("token", () -> new CommandLine(new TokenCommand(terminal)));
        commands.put("allowlist", () -> new CommandLine(new AllowlistCommand(terminal)));
        commands.put(
                "doctor",
                () -> new CommandLine(
                        new DoctorCommand(terminal.out(), terminal.err(), terminal.time(), System.getenv())));
        commands.put(
                "config", () -> new CommandLine(new ConfigCommand()).addSubcommand(new ConfigCheckCommand(terminal)));
        return commands;
    }

    @Override
    public void run() {
        CommandLine command = Objects.requireNonNull(spec).commandLine();
        throw new ParameterException(
                command,
                "name a command: " + String.join(", ", command.getSubcommands().keySet()));
    }

    private static int usage(Terminal terminal, ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        String name = command.getCommandSpec().qualifiedName(" ");
        terminal.say(name + ": " + oneLine(failure.getMessage()) + " (see " + name + " --help)");
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Terminal terminal, Exception failure) {
        if (failure instanceof CommandFailed || failure instanceof DoctorException) {
            String.valueOf(failure.getMessage()).lines().forEach(line -> terminal.say("callgate: " + line));
        } else {
            // A defect of ours: one line, with the place that a report needs.
            StackTraceElement[] trace = failure.getStackTrace();
            terminal.say("callgate: unexpected " + oneLine(failure.toString())
                    + (trace.length > 0 ? " at " + trace[0] : "") + "; please report this line");
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String oneLine(@Nullable String text) {
        return String.valueOf(text).replaceAll("\\s*\\R\\s*", " ");
    }
}
