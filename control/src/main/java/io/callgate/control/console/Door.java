package io.callgate.control.console;

import io.callgate.control.rest.Operations;
import io.callgate.control.store.Actor;
import io.callgate.control.store.BearerToken;
import io.callgate.control.store.ConsoleSession;
import io.callgate.control.store.ConsoleUser;
import io.callgate.control.store.Store;
import io.callgate.model.Secret;
import io.javalin.http.Context;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who gets in: signs in, knows a browser again by its cookie, and lets no other site send its forms.
///
/// A form counts if it brings its key back, and if the browser says that it stood on this site. The key of the
/// form for signing in is held against a cookie of its own.
final class Door {
    private static final Logger LOG = LoggerFactory.getLogger(Door.class);
    private static final String SESSION_COOKIE = "callgate-session";
    private static final String FORM_COOKIE = "callgate-form";
    private static final String LANGUAGE_COOKIE = "callgate-language";
    private static final int YEAR_SECONDS = 365 * 24 * 3600;

    /// Nothing but our own files; no script in a page, no page in another's.
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private final Store store;
    private final Operations operations;
    private final Passwords passwords;
    private final LoginLimit limit;

    Door(Store store, Operations operations, Passwords passwords) {
        this.store = store;
        this.operations = operations;
        this.passwords = passwords;
        this.limit = new LoginLimit(store.time());
    }

    /// Does a page for who is signed in; others are led to the form for signing in.
    ///
    /// @param withFirstPassword whether this page is also for who has not chosen a password yet
    void let(Context context, boolean withFirstPassword, Consumer<Visit> page) {
        protect(context);
        Language language = language(context);
        Optional<ConsoleSession> session = session(context);
        if (session.isEmpty()) {
            redirect(context, "/login");
            return;
        }
        if (isPost(context) && !isOurs(context, session.get().formKey())) {
            refuse(context, language);
            return;
        }
        if (session.get().user().mustChange() && !withFirstPassword) {
            redirect(context, "/password");
            return;
        }
        page.accept(new Visit(
                context,
                session.get(),
                language,
                operations,
                store.time().now(),
                () -> isStill(session.get().user(), cookie(context))));
    }

    void show(Context context) {
        protect(context);
        if (session(context).isPresent()) {
            redirect(context, "/");
            return;
        }
        form(context, 200, Optional.empty());
    }

    void enter(Context context) {
        protect(context);
        Language language = language(context);
        if (!isOurs(context, Optional.ofNullable(context.cookie(FORM_COOKIE)).orElse(""))) {
            form(context, 403, Optional.of(language.of("That form was too old: send it again.", "表单已过期，请重新提交。")));
            return;
        }
        String name = Optional.ofNullable(context.formParam("name")).orElse("").strip();
        String password = Optional.ofNullable(context.formParam("password")).orElse("");
        if (password.length() > Passwords.LONGEST || name.length() > Passwords.LONGEST) {
            form(context, 401, Optional.of(wrong(language)));
            return;
        }
        Optional<Duration> wait = limit.tryOnce(context.ip(), name);
        if (wait.isPresent()) {
            long minutes = wait.get().toMinutes() + 1;
            context.header("Retry-After", Long.toString(wait.get().toSeconds() + 1));
            form(
                    context,
                    429,
                    Optional.of(language.of(
                            "Too many failed tries. Wait " + minutes + " min.", "失败次数过多，请等待 " + minutes + " 分钟。")));
            return;
        }
        Optional<ConsoleUser> user =
                store.read(transaction -> transaction.consoleUsers().find(name));
        Optional<Boolean> isRight = passwords.matches(user.map(ConsoleUser::password), password);
        if (isRight.isEmpty()) {
            form(context, 503, Optional.of(language.of("Too many are signing in; try again.", "登录人数过多，请重试。")));
            return;
        }
        if (!isRight.get() || user.isEmpty()) {
            LOG.atInfo().addKeyValue("from", context.ip()).log("console.login.failed");
            form(context, 401, Optional.of(wrong(language)));
            return;
        }
        limit.succeeded(context.ip(), name);
        Secret cookie = store.change(new Actor("console " + name, Optional.of(context.ip())), transaction -> {
            transaction.audit().add("console.login", name);
            return transaction.consoleUsers().begin(name);
        });
        keep(context, cookie);
        redirect(context, "/");
    }

    /// Lets the browser bring this session with its next requests.
    static void keep(Context context, Secret session) {
        setCookie(context, SESSION_COOKIE, session.reveal(), -1);
    }

    void leave(Visit visit) {
        cookie(visit.context())
                .ifPresent(cookie -> store.change("console " + visit.who().name(), transaction -> {
                    transaction.consoleUsers().end(cookie);
                    return true;
                }));
        setCookie(visit.context(), SESSION_COOKIE, "", 0);
        visit.redirect("/login");
    }

    private void form(Context context, int status, Optional<String> problem) {
        Language language = language(context);
        String key = Optional.ofNullable(context.cookie(FORM_COOKIE))
                .filter(known -> known.length() == BearerToken.TEXT_LENGTH)
                .orElseGet(() -> BearerToken.randomText().reveal());
        setCookie(context, FORM_COOKIE, key, -1);
        answer(context, status, "login", new View(language, key, problem));
    }

    /// @param formKey held against a cookie of its own
    record View(Language language, String formKey, Optional<String> problem) {}

    private static String wrong(Language language) {
        return language.of("The user name or the password is wrong.", "用户名或密码错误。");
    }

    private static void refuse(Context context, Language language) {
        Failures.show(
                context,
                403,
                language,
                language.of("Not sent from here", "来源不符"),
                language.of(
                        "This form did not come from this console, or is too old. Go back, reload, send it again.",
                        "此表单不是由本控制台发出，或已过期。请返回并刷新后重新提交。"));
    }

    /// Answers somebody who may not be signed in.
    static void answer(Context context, int status, String template, Object view) {
        context.status(status).contentType("text/html; charset=utf-8").result(Templates.render(template, view));
    }

    private Optional<ConsoleSession> session(Context context) {
        return cookie(context)
                .flatMap(cookie -> store.change(
                        "console", transaction -> transaction.consoleUsers().use(cookie)));
    }

    /// Without making it last longer.
    private boolean isStill(ConsoleUser user, Optional<Secret> cookie) {
        return cookie.filter(value ->
                        store.read(transaction -> transaction.consoleUsers().isLive(value)
                                && transaction
                                        .consoleUsers()
                                        .find(user.name())
                                        .filter(now -> now.who().equals(user.who()))
                                        .isPresent()))
                .isPresent();
    }

    private static Optional<Secret> cookie(Context context) {
        return Optional.ofNullable(context.cookie(SESSION_COOKIE))
                .filter(value -> value.length() == BearerToken.TEXT_LENGTH)
                .map(Secret::of);
    }

    private static boolean isPost(Context context) {
        return context.method().name().equals("POST");
    }

    /// Whether a form comes from a page of ours: it has the key, and no browser says that it comes from elsewhere.
    private static boolean isOurs(Context context, String key) {
        String brought = Optional.ofNullable(context.formParam(Visit.FORM_KEY)).orElse("");
        String site = context.header("Sec-Fetch-Site");
        return !key.isEmpty()
                && MessageDigest.isEqual(key.getBytes(StandardCharsets.UTF_8), brought.getBytes(StandardCharsets.UTF_8))
                && (site == null || site.equals("same-origin"))
                && isOrigin(context.header("Origin"), context.host());
    }

    /// Old browsers send none.
    private static boolean isOrigin(@Nullable String origin, @Nullable String host) {
        if (origin == null) {
            return true;
        }
        try {
            return host != null && host.equals(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static void protect(Context context) {
        context.header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "DENY")
                .header("Referrer-Policy", "same-origin")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header("Cache-Control", "no-store");
    }

    /// The one that was chosen by a link, or before, or that the browser asks for.
    static Language language(Context context) {
        Optional<Language> chosen = Language.ofTag(context.queryParam("lang"));
        chosen.ifPresent(language -> setCookie(context, LANGUAGE_COOKIE, language.tag(), YEAR_SECONDS));
        return chosen.or(() -> Language.ofTag(context.cookie(LANGUAGE_COOKIE)))
                .orElseGet(() -> Language.accepted(context.header("Accept-Language")));
    }

    /// @param seconds how long the browser keeps it; negative: until it is closed
    private static void setCookie(Context context, String name, String value, int seconds) {
        context.res()
                .addHeader(
                        "Set-Cookie",
                        name + "=" + value + "; Path=/; HttpOnly; SameSite=Strict"
                                + (seconds >= 0 ? "; Max-Age=" + seconds : "")
                                + (context.req().isSecure() ? "; Secure" : ""));
    }

    private static void redirect(Context context, String path) {
        context.status(303).header("Location", path);
    }
}
