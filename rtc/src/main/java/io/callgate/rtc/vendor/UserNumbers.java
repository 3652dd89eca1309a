package io.callgate.rtc.vendor;

import java.util.HashMap;
import java.util.Map;

/// Numbers for users, where an API knows users by numbers and a room knows them by names: a browser may be
/// called `alice` there.
///
/// A name of digits is its own number. Any other gets one made of its letters, the same in each process; if
/// two names of one room would share a number, the later gets the next. Safe for several threads.
public final class UserNumbers {
    private final long most;
    private final Map<String, Long> byName = new HashMap<>(); // guarded by this
    private final Map<Long, String> byNumber = new HashMap<>(); // guarded by this

    /// @param most the highest number, one less than a power of two
    public UserNumbers(long most) {
        this.most = most;
    }

    public synchronized long of(String name) {
        Long known = byName.get(name);
        if (known != null) {
            return known;
        }
        long number = isNumber(name) ? Long.parseLong(name) : hash(name) & most;
        while (number == 0 || byNumber.containsKey(number)) {
            number = (number + 1) & most;
        }
        byName.put(name, number);
        byNumber.put(number, name);
        return number;
    }

    private boolean isNumber(String name) {
        return name.matches("[1-9][0-9]{0,17}") && Long.parseLong(name) <= most;
    }

    private static long hash(String name) {
        long hash = 0xcbf29ce484222325L; // FNV-1a, and its halves together, as its low bits alone are weak
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return hash ^ hash >>> 32;
    }
}
