package io.callgate.cli;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// What is wrong with a command's arguments, told as wrong usage (exit code 2).
@Command // without options: to be a mixin
final class Arguments {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /// @param option for the message
    /// @param parser throws [IllegalArgumentException] with the reason
    <T> T read(String option, Supplier<T> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            throw wrong(option + ": " + e.getMessage(), e);
        }
    }

    ParameterException wrong(String message) {
        return wrong(message, null);
    }

    private ParameterException wrong(String message, @Nullable Throwable cause) {
        return new ParameterException(Objects.requireNonNull(command).commandLine(), message, cause);
    }
}
