package io.callgate.cli;

import io.callgate.doctor.DoctorCommand;
import io.callgate.doctor.DoctorException;
import java.util.List;
import java.util.Objects;
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

    /// In the order in which the help lists them.
    private static final List<String> COMMANDS = List.of(
            "serve",
            "relay",
            "control",
            "app",
            "pool",
            "session",
            "usage",
            "audit",
            "user",
            "credentials",
            "token",
            "allowlist",
            "doctor",
            "config");

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    /// Runs one command line and tells its exit code; prints, but never ends the process.
    static int execute(Terminal terminal, String... args) {
        CommandLine root = new CommandLine(new CallgateCommand());
        List<String> wanted = args.length > 0 && COMMANDS.contains(args[0]) ? List.of(args[0]) : COMMANDS;
        wanted.forEach(name -> root.addSubcommand(command(name, terminal, args)));
        root.setOut(terminal.out()).setErr(terminal.err());
        root.setCaseInsensitiveEnumValuesAllowed(true);
        root.setParameterExceptionHandler((failure, arguments) -> usage(terminal, failure));
        root.setExecutionExceptionHandler((failure, command, arguments) -> failed(terminal, failure));
        return root.execute(args);
    }

    /// Made when it is named: picocli reads annotations for half a second if it has to read all of them.
    private static CommandLine command(String name, Terminal terminal, String... args) {
        return switch (name) {
            case "serve" -> new CommandLine(new ServeCommand(terminal));
            case "relay" -> RelayCommand.line(terminal, args);
            case "control" -> new CommandLine(new ControlCommand(terminal));
            case "app" -> new CommandLine(new AppCommand(terminal)).addSubcommand(new AppSecretCommand(terminal));
            case "pool" -> new CommandLine(new PoolCommand(terminal));
            case "session" -> new CommandLine(new SessionCommand(terminal));
            case "usage" -> new CommandLine(new UsageCommand(terminal));
            case "audit" -> new CommandLine(new AuditCommand(terminal));
            case "user" -> new CommandLine(new UserCommand(terminal));
            case "credentials" -> new CommandLine(new CredentialsCommand(terminal));
            case "token" -> new CommandLine(new TokenCommand(terminal));
            case "allowlist" -> new CommandLine(new AllowlistCommand(terminal));
            case "doctor" ->
                new CommandLine(new DoctorCommand(terminal.out(), terminal.err(), terminal.time(), System.getenv()));
            case "config" -> new CommandLine(new ConfigCommand()).addSubcommand(new ConfigCheckCommand(terminal));
            default -> throw new IllegalArgumentException("no command " + name);
        };
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
