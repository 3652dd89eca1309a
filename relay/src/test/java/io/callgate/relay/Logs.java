package io.callgate.relay;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Everything that is logged between [#record] and [#close], by whomever.
public final class Logs extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final List<ILoggingEvent> events = new ArrayList<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    public static Logs record() {
        Logs logs = new Logs();
        logs.setContext(logs.root.getLoggerContext());
        logs.start();
        logs.root.addAppender(logs);
        return logs;
    }

    @Override
    protected synchronized void append(ILoggingEvent event) {
        events.add(event);
    }

    synchronized List<ILoggingEvent> events() {
        return List.copyOf(events);
    }

    /// Messages, keys, values and exceptions.
    String text() {
        return events().stream()
                .map(event -> event.getFormattedMessage() + " " + event.getKeyValuePairs() + " "
                        + describe(event.getThrowableProxy()))
                .collect(Collectors.joining("\n"));
    }

    /// Messages of our own code, without their keys.
    public List<String> ours() {
        return events().stream()
                .filter(event -> event.getLoggerName().startsWith("io.callgate."))
                .map(ILoggingEvent::getMessage)
                .toList();
    }

    /// What a person should look at.
    List<String> warnings() {
        return events().stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(event -> event.getFormattedMessage() + " " + describe(event.getThrowableProxy()))
                .toList();
    }

    private static String describe(@Nullable IThrowableProxy thrown) {
        return thrown == null ? "" : thrown.getClassName() + ": " + thrown.getMessage();
    }

    @Override
    public void close() {
        root.detachAppender(this);
        stop();
    }
}
