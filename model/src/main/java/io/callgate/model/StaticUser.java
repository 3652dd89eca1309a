package io.callgate.model;

import java.util.regex.Pattern;

/// A name and password written into the relay's file; no expiry.
///
/// @param name without a colon, so that it is never taken for `expiry:appId:subject`
public record StaticUser(String name, Secret password) {
    private static final Pattern FORM = Pattern.compile("[^:\\p{Cntrl}]{1,128}");

    public StaticUser {
        if (!FORM.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "user name \"" + name + "\": want 1 to 128 characters, no colon and no control character");
        }
        if (password.reveal().indexOf(':') >= 0) {
            throw new IllegalArgumentException("the password of user \"" + name
                    + "\" has a colon: HTTP Basic could not tell where the name ends; choose one without");
        }
    }
}
