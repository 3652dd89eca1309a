package io.callgate.client.net;

/// A user name and its password, for a relay or a company's proxy.
public record Login(String name, String password) {
    public Login {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a user name must not be empty");
        }
    }

    /// Without the password.
    @Override
    public String toString() {
        return "Login[" + name + ", hidden]";
    }
}
