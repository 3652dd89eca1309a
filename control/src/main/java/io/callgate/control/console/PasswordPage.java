package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.flag;

import io.callgate.control.store.Actor;
import io.callgate.control.store.ConsoleUser;
import io.callgate.control.store.Store;
import java.util.Optional;

/// Another password; the first thing that a new user does.
final class PasswordPage {
    private final Store store;
    private final Passwords passwords;

    PasswordPage(Store store, Passwords passwords) {
        this.store = store;
        this.passwords = passwords;
    }

    void show(Visit visit) {
        show(visit, 200, Optional.empty());
    }

    void change(Visit visit) {
        // As it was typed: a space at either end is a part of it.
        String old = Optional.ofNullable(visit.context().formParam("old")).orElse("");
        String chosen = Optional.ofNullable(visit.context().formParam("new")).orElse("");
        String again = Optional.ofNullable(visit.context().formParam("again")).orElse("");
        ConsoleUser user = visit.session().user();
        Optional<String> problem = problem(visit, user, old, chosen, again);
        if (problem.isPresent()) {
            show(visit, 400, problem);
            return;
        }
        Optional<Boolean> isRight = passwords.matches(Optional.of(user.password()), old);
        Optional<String> stored = isRight.filter(right -> right).flatMap(right -> passwords.hash(chosen));
        if (stored.isEmpty()) {
            show(
                    visit,
                    400,
                    Optional.of(
                            isRight.isEmpty()
                                    ? visit.say("Too many are signing in; try again.", "登录人数过多，请重试。")
                                    : visit.say("The password until now is wrong.", "当前密码错误。")));
            return;
        }
        Door.keep(
                visit.context(),
                store.change(
                        new Actor(
                                "console " + user.name(),
                                Optional.of(visit.context().ip())),
                        transaction -> {
                            transaction.audit().add("console-user.change-password", user.name());
                            transaction
                                    .consoleUsers()
                                    .setPassword(user.name(), stored.get(), false); // signs every browser out
                            return transaction.consoleUsers().begin(user.name());
                        }));
        visit.redirect("/");
    }

    private static Optional<String> problem(Visit visit, ConsoleUser user, String old, String chosen, String again) {
        if (chosen.length() < Passwords.SHORTEST || chosen.length() > Passwords.LONGEST) {
            return Optional.of(visit.say(
                    "Choose " + Passwords.SHORTEST + " characters or more.", "请至少输入 " + Passwords.SHORTEST + " 个字符。"));
        }
        if (!chosen.equals(again)) {
            return Optional.of(visit.say("The two new passwords differ.", "两次输入的新密码不同。"));
        }
        if (chosen.equals(old) || chosen.equalsIgnoreCase(user.name())) {
            return Optional.of(visit.say("Choose another one than before.", "请选择与之前不同的密码。"));
        }
        return Optional.empty();
    }

    private static void show(Visit visit, int status, Optional<String> problem) {
        boolean isFirst = visit.session().user().mustChange();
        String title = isFirst ? visit.say("Choose a password", "请设置密码") : visit.say("Change the password", "更改密码");
        Html form = visit.form(
                "/password",
                el(
                        "p",
                        css("quiet"),
                        isFirst
                                ? visit.say("The one you came with is good for this alone.", "当前的一次性密码仅用于此步骤。")
                                : visit.say("Your other browsers are signed out.", "其他浏览器将被退出登录。")),
                input(visit.say("Password until now", "当前密码"), "old", "current-password"),
                input(
                        visit.say(
                                "New password, " + Passwords.SHORTEST + " characters or more",
                                "新密码，至少 " + Passwords.SHORTEST + " 个字符"),
                        "new",
                        "new-password"),
                input(visit.say("New password again", "再次输入新密码"), "again", "new-password"),
                el("button", visit.say("Change it", "更改")));
        visit.answer(status, Frame.narrow(visit.language(), title, Frame.problem(problem), form));
    }

    private static Html input(String label, String name, String purpose) {
        return el(
                "label",
                label,
                el(
                        "input",
                        at("type", "password"),
                        at("name", name),
                        at("autocomplete", purpose),
                        flag("required", true)));
    }
}
