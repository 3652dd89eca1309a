package io.callgate.model;

/// A name and password written into the relay's file; no expiry.
///
/// @param name what a [Subject] may be: it is the subject of the user's sessions, and has no colon, so that it is
///     never taken for `expiry:appId:subject`
public record StaticUser(String name, Secret password) {
    public StaticUser {
        try {
            new Subject(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("user name: " + e.getMessage(), e);
        }
        if (password.reveal().indexOf(':') >= 0) {
            throw new IllegalArgumentException("the password of user \"" + name
                    + "\" has a colon: HTTP Basic could not tell where the name ends; choose one without");
        }
    }
}
