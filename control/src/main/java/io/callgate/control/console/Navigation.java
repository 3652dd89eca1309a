package io.callgate.control.console;

import io.callgate.control.store.Operator;
import java.util.ArrayList;
import java.util.List;

/// Where somebody who is signed in may go, by role.
final class Navigation {
    private Navigation() {}

    record Link(String path, String text) {}

    static List<Link> of(Visit visit) {
        List<Link> links = new ArrayList<>();
        links.add(new Link("/", visit.say("Overview", "概览")));
        links.add(new Link("/apps", visit.who().apps().size() == 1 ? visit.say("App", "应用") : visit.say("Apps", "应用")));
        if (!visit.isOwner()) {
            links.add(new Link("/relays", visit.say("Relays", "中继")));
            links.add(new Link("/pools", visit.say("Pools", "中继池")));
        }
        links.add(new Link("/sessions", visit.say("Sessions", "会话")));
        links.add(new Link("/allowlist", visit.say("Allowlist", "放行清单")));
        links.add(new Link("/usage", visit.say("Usage", "用量")));
        if (!visit.isOwner()) {
            links.add(new Link("/audit", visit.say("Audit", "审计")));
            links.add(new Link("/users", visit.say("Users", "用户")));
        }
        return links;
    }

    static String role(Language language, Operator.Role role) {
        return switch (role) {
            case OPERATOR -> language.of("operator", "运营者");
            case VIEWER -> language.of("viewer", "只读");
            case APP_OWNER -> language.of("app owner", "应用所有者");
        };
    }
}
