package io.callgate.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/// Bytes that never show: no text form, no serial form, compared in constant time.
public final class Secret {
    private final byte[] content;

    private Secret(byte[] content) {
        if (content.length == 0) {
            throw new IllegalArgumentException("a secret must not be empty");
        }
        this.content = content;
    }

    public static Secret of(String text) {
        return new Secret(text.getBytes(StandardCharsets.UTF_8));
    }

    public static Secret of(byte[] content) {
        return new Secret(content.clone());
    }

    /// A copy: the caller may wipe it.
    public byte[] bytes() {
        return content.clone();
    }

    public int lengthBytes() {
        return content.length;
    }

    /// The text that [#of(String)] was given; for HMAC keys use [#bytes()].
    public String reveal() {
        return new String(content, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that && MessageDigest.isEqual(content, that.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return "Secret[hidden]";
    }
}
