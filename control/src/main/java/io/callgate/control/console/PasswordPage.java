package io.callgate.control.console;

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
        visit.answer(status, "password", new View(visit, visit.session().user().mustChange(), problem));
    }

    /// @param isFirst whether nothing else is open until one is chosen
    record View(Visit visit, boolean isFirst, Optional<String> problem) {
        String title() {
            return isFirst ? visit.say("Choose a password", "请设置密码") : visit.say("Change the password", "更改密码");
        }
    }
}
