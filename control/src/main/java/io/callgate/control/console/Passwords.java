package io.callgate.control.console;

import com.password4j.Argon2Function;
import com.password4j.types.Argon2;
import io.callgate.control.store.FirstPassword;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Passwords as they are kept: Argon2id, with what OWASP asks of it (19 MiB, 2 passes). A few are judged at once,
/// so that a flood of sign-ins takes neither all memory nor all cores.
final class Passwords {
    static final int SHORTEST = 12;
    static final int LONGEST = 200;

    private static final int MEMORY_KIB = 19 * 1024;
    private static final int PASSES = 2;
    private static final int LANES = 1;
    private static final int HASH_BYTES = 32;
    private static final int SALT_BYTES = 16;
    private static final int AT_ONCE = 2;
    private static final int PATIENCE_SECONDS = 5;

    private final Argon2Function argon2 = Argon2Function.getInstance(MEMORY_KIB, PASSES, LANES, HASH_BYTES, Argon2.ID);
    private final SecureRandom random = new SecureRandom();
    private final Semaphore free = new Semaphore(AT_ONCE);

    /// Of no user: what is compared with it takes as long as a real one, and fails.
    private final String nobodys = encode("of nobody");

    /// @return empty if too many others are being judged
    Optional<Boolean> matches(Optional<String> stored, String typed) {
        return slowly(() -> {
            boolean isFirst = stored.filter(FirstPassword::isOne).isPresent();
            String compared = stored.filter(known -> !isFirst).orElse(nobodys);
            boolean isSame = Argon2Function.getInstanceFromHash(compared).check(typed, compared);
            return isFirst ? FirstPassword.matches(stored.orElse(""), typed) : isSame && stored.isPresent();
        });
    }

    /// @return empty if too many others are being judged
    Optional<String> hash(String typed) {
        return slowly(() -> encode(typed));
    }

    private String encode(String password) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return argon2.hash(password.getBytes(StandardCharsets.UTF_8), salt).getResult();
    }

    private <T> Optional<T> slowly(Supplier<T> work) {
        try {
            if (!free.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return Optional.empty();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        try {
            return Optional.of(work.get());
        } finally {
            free.release();
        }
    }
}
