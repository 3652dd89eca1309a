package io.callgate.e2e;

/// How a call went. The first three can be expected of a scenario.
enum Outcome {
    /// Both participants saw and heard each other for the whole time, along the expected way.
    GOOD_CALL,
    /// In the room, but no media.
    NO_MEDIA,
    /// Not even in the room.
    NO_SIGNALLING,
    /// There was media, but not as a good call has it.
    BAD_CALL
}
