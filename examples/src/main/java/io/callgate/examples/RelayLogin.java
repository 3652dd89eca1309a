package io.callgate.examples;

import io.callgate.client.net.Login;

/// The relay's credential, from the environment: arguments can be read by everybody on the machine.
public final class RelayLogin {
    private RelayLogin() {}

    public static Login fromEnvironment() {
        String name = System.getenv("CALLGATE_USERNAME");
        String password = System.getenv("CALLGATE_PASSWORD");
        if (name == null || password == null) {
            throw new IllegalStateException("set CALLGATE_USERNAME and CALLGATE_PASSWORD; see examples/README.md");
        }
        return new Login(name, password);
    }
}
