package io.callgate.control.rest;

import io.callgate.control.store.ConsoleUser;
import io.callgate.control.store.FirstPassword;
import io.callgate.control.store.Operator;
import io.callgate.control.store.Store;
import io.callgate.control.store.Transaction;
import io.callgate.model.AppId;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The users of the console, for the operator.
final class ConsoleUserResource {
    private final Store store;

    ConsoleUserResource(Store store) {
        this.store = store;
    }

    void addTo(Handlers handlers) {
        handlers.on("listConsoleUsers", this::list)
                .on("createConsoleUser", this::create)
                .on("changeConsoleUser", this::change)
                .on("resetConsolePassword", this::reset)
                .on("removeConsoleUser", this::remove);
    }

    private Answer list(Call call) {
        return store.read(transaction -> Pages.answer(
                transaction.consoleUsers().page(call.after(), call.limit() + 1),
                call.limit(),
                ConsoleUserResource::json,
                ConsoleUser::name));
    }

    private Answer create(Call call) {
        String name = call.body().get("name").asString();
        Operator.Role role = Operator.Role.ofLabel(call.body().get("role").asString());
        FirstPassword password = FirstPassword.mint();
        return store.change(call.actor(), transaction -> {
            if (transaction.consoleUsers().find(name).isPresent()) {
                throw Refused.conflict(
                        "there is a user " + name, "choose another name, or give that one a new password");
            }
            List<AppId> apps = OperationResource.ownedApps(transaction, call, role);
            transaction.consoleUsers().create(name, role, apps, password.stored());
            transaction
                    .audit()
                    .add("console-user.create", name, role.label() + (apps.isEmpty() ? "" : " of " + names(apps)));
            return Answer.created(shownOnce(transaction, name, password));
        });
    }

    private Answer change(Call call) {
        String name = call.parameter("userName");
        return store.change(call.actor(), transaction -> {
            ConsoleUser user = transaction.consoleUsers().findToChange(name).orElseThrow(() -> unknown(name));
            if (user.who().role() != Operator.Role.APP_OWNER) {
                throw Refused.conflict(name + " is no app's owner", "only these have apps of their own");
            }
            List<AppId> apps =
                    OperationResource.ownedApps(transaction, call, user.who().role());
            transaction.consoleUsers().setApps(name, apps);
            transaction
                    .audit()
                    .add("console-user.change", name, "", names(user.who().apps()), names(apps));
            return Answer.ok(json(transaction.consoleUsers().find(name).orElseThrow()));
        });
    }

    private Answer reset(Call call) {
        String name = call.parameter("userName");
        FirstPassword password = FirstPassword.mint();
        return store.change(call.actor(), transaction -> {
            if (!transaction.consoleUsers().setPassword(name, password.stored(), true)) {
                throw unknown(name);
            }
            transaction.audit().add("console-user.reset-password", name);
            return Answer.created(shownOnce(transaction, name, password));
        });
    }

    private Answer remove(Call call) {
        String name = call.parameter("userName");
        return store.change(call.actor(), transaction -> {
            ConsoleUser user = transaction.consoleUsers().find(name).orElseThrow(() -> unknown(name));
            if (user.who().role() == Operator.Role.OPERATOR
                    && transaction.consoleUsers().operators() == 1) {
                throw Refused.conflict(name + " is the last operator of the console", "make another operator first");
            }
            transaction.consoleUsers().remove(name);
            transaction.audit().add("console-user.remove", name);
            return Answer.done();
        });
    }

    private static String names(List<AppId> apps) {
        return apps.stream().map(AppId::value).collect(Collectors.joining(", "));
    }

    private static Refused unknown(String name) {
        return Refused.notFound("user " + name, "list the users first");
    }

    private static ObjectNode shownOnce(Transaction transaction, String name, FirstPassword password) {
        return json(transaction.consoleUsers().find(name).orElseThrow())
                .put("password", password.secret().reveal());
    }

    private static ObjectNode json(ConsoleUser user) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("name", user.name())
                .put("role", user.who().role().label())
                .put("mustChangePassword", user.mustChange())
                .put("createdAt", user.createdAt().toString());
        OperationResource.putApps(node, user.who());
        return node;
    }
}
