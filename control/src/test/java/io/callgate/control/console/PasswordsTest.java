package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.store.FirstPassword;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PasswordsTest {
    private final Passwords passwords = new Passwords();

    @Test
    void keepsArgon2idWithASaltOfItsOwn() {
        String stored = passwords.hash("correct horse battery").orElseThrow();

        assertThat(stored).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        assertThat(passwords.hash("correct horse battery")).isPresent().get().isNotEqualTo(stored);
        assertThat(passwords.matches(Optional.of(stored), "correct horse battery"))
                .contains(true);
        assertThat(passwords.matches(Optional.of(stored), "Correct horse battery"))
                .contains(false);
    }

    @Test
    void takesTheFirstPasswordThatControlMade() {
        FirstPassword first = FirstPassword.mint();

        assertThat(first.secret().reveal()).matches("([a-hjkmnp-z2-9]{5}-){4}[a-hjkmnp-z2-9]{5}");
        assertThat(passwords.matches(Optional.of(first.stored()), first.secret().reveal()))
                .contains(true);
        assertThat(passwords.matches(Optional.of(first.stored()), "of nobody")).contains(false);
    }

    @Test
    void nobodyHasNoPassword() {
        assertThat(passwords.matches(Optional.empty(), "of nobody")).contains(false);
        assertThat(passwords.matches(Optional.empty(), "")).contains(false);
    }
}
