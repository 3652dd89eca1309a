package io.callgate.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Locale;

/// Logging in code and not in XML, which would cost a quarter of the start-up time. Found by logback as a service.
///
/// Everything goes to stderr: stdout is for data and the line `ready`.
public final class LogConfigurator extends ContextAwareBase implements Configurator {
    /// How log lines look.
    enum Format {
        TEXT,
        JSON
    }

    private static final String PROPERTY = "callgate.log.format";
    private static final String QUIET = "callgate.log.quiet";

    // One event, one line: what came from outside must not start a second one.
    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %replace(%msg %kvp){'\\p{Cntrl}', '?'}%n%rEx{8}";

    /// Holds for loggers made from now on: call it before anything logs.
    static void choose(Format format) {
        System.setProperty(PROPERTY, format.name().toLowerCase(Locale.ROOT));
    }

    /// Warnings and errors only: for a command that answers and ends.
    static void beQuiet() {
        System.setProperty(QUIET, "true");
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder(context));
        appender.start();
        context.getLogger("ROOT").setLevel(Level.WARN);
        context.getLogger("ROOT").addAppender(appender);
        context.getLogger("io.callgate").setLevel(Boolean.getBoolean(QUIET) ? Level.WARN : Level.INFO);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context) {
        if (System.getProperty(PROPERTY, "text").equals("json")) {
            LogJsonEncoder json = new LogJsonEncoder();
            json.setContext(context);
            json.start();
            return json;
        }
        PatternLayoutEncoder text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern(PATTERN);
        text.start();
        return text;
    }
}
