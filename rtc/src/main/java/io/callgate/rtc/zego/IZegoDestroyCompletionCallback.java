package io.callgate.rtc.zego;

/// Told when an engine is gone, after everything else.
@FunctionalInterface
public interface IZegoDestroyCompletionCallback {
    void onDestroyCompletion();
}
