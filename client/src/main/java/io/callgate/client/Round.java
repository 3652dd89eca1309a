package io.callgate.client;

/// Which try is under way. What blocks comes back with the number that it left with, and is not heard if
/// another try has begun since. Loop only.
final class Round {
    private long number;

    long begin() {
        return ++number;
    }

    long number() {
        return number;
    }

    boolean isOver(long mine) {
        return mine != number;
    }
}
