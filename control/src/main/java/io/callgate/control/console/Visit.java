package io.callgate.control.console;

import io.callgate.control.rest.Operations;
import io.callgate.control.store.ConsoleSession;
import io.callgate.control.store.Operator;
import io.callgate.model.AppId;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One request of somebody who is signed in: who that is, in which language, what was typed, and how it is
/// answered.
final class Visit {
    static final String FORM_KEY = "formKey";
    private static final int MOST_WORDS = 1000;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    private final Context context;
    private final ConsoleSession session;
    private final Language language;
    private final Operations operations;
    private final Instant now;
    private final BooleanSupplier stillIn;

    Visit(
            Context context,
            ConsoleSession session,
            Language language,
            Operations operations,
            Instant now,
            BooleanSupplier stillIn) {
        this.context = context;
        this.session = session;
        this.language = language;
        this.operations = operations;
        this.now = now;
        this.stillIn = stillIn;
    }

    Context context() {
        return context;
    }

    Language language() {
        return language;
    }

    ConsoleSession session() {
        return session;
    }

    Operator who() {
        return session.user().who();
    }

    Instant now() {
        return now;
    }

    /// Whether forms that only an operator may send are worth showing.
    boolean isOperator() {
        return who().role() == Operator.Role.OPERATOR;
    }

    /// Whether forms about an app may be sent: by an operator, and by its owner.
    boolean mayChange(AppId app) {
        return isOperator() || who().apps().contains(app);
    }

    boolean isOwner() {
        return who().role() == Operator.Role.APP_OWNER;
    }

    String say(String english, String chinese) {
        return language.of(english, chinese);
    }

    /// Whether the session goes on and its user knows of the same apps, for answers that take long.
    boolean isStillIn() {
        return stillIn.getAsBoolean();
    }

    /// What stands in the path.
    String path(String name) {
        return context.pathParam(name);
    }

    /// What stands in the query or the form, without space around it; empty if nothing does.
    Optional<String> typed(String name) {
        String value = context.method().name().equals("POST") ? context.formParam(name) : context.queryParam(name);
        return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty());
    }

    /// The app that the query names; empty if it names none, none that could be, or none of an owner's own.
    Optional<AppId> app() {
        try {
            return typed("app")
                    .map(AppId::new)
                    .filter(app -> who().only().map(own -> own.contains(app)).orElse(true));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// What stands in the query, also where a form is sent; empty if nothing does.
    Optional<String> asked(String name) {
        return Optional.ofNullable(context.queryParam(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    /// The same of an id; empty if it is none.
    Optional<UUID> askedId(String name) {
        try {
            return asked(name).map(UUID::fromString);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// What stands in the form with commas or spaces between.
    List<String> words(String name) {
        return Stream.of(typed(name).orElse("").split("[\\s,，]+", MOST_WORDS))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /// All values of a name, as of check boxes.
    List<String> allTyped(String name) {
        return context.formParams(name);
    }

    Operations.Outcome operate(String operation, Map<String, String> parameters, ObjectNode body) {
        return operations.call(who(), context.ip(), operation, parameters, body);
    }

    Operations.Outcome operate(String operation, Map<String, String> parameters) {
        return operate(operation, parameters, JsonNodeFactory.instance.objectNode());
    }

    /// In UTC, to the second.
    static String inUtc(Instant moment) {
        return TIME.format(moment);
    }

    void redirect(String path) {
        context.status(303).header("Location", path);
    }

    /// Answers with a page.
    ///
    /// @param template its name, without its ending
    /// @param view what the template shows
    void answer(int status, String template, Object view) {
        Door.answer(context, status, template, view);
    }

    /// Answers who may not see a page: an app's owner.
    void refuse(String place) {
        answer(403, "forbidden", new Refused(this, place));
    }

    record Refused(Visit visit, String place) {}

    /// Answers with a file that the browser keeps and does not open.
    ///
    /// @param name of letters, digits, dots and hyphens
    void download(String type, String name, String text) {
        beginDownload(type, name).result(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The same, in pieces that are made as they are sent, however many. Where one cannot be made the answer is
    /// broken off: the browser tells of that, and keeps no half.
    void download(String type, String name, Stream<String> pieces) {
        beginDownload(type, name);
        try {
            OutputStream out = context.res().getOutputStream();
            for (Iterator<String> each = pieces.iterator(); each.hasNext(); ) {
                out.write(each.next().getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // The browser went away.
        } catch (RuntimeException e) {
            Failures.breakOff(context, e);
        }
    }

    private Context beginDownload(String type, String name) {
        return context.contentType(type).header("Content-Disposition", "attachment; filename=\"" + name + "\"");
    }

    /// A piece of text as a part of a path or of a query.
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
