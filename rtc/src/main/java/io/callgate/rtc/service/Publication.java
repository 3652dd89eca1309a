package io.callgate.rtc.service;

import io.callgate.rtc.media.LocalAudio;
import io.callgate.rtc.media.LocalVideo;
import java.util.Optional;

/// What one user sends: sound, pictures or both, under a name.
///
/// @param name as others subscribe to it; empty for the name of the user
public record Publication(String name, Optional<LocalAudio> audio, Optional<LocalVideo> video) {
    public Publication {
        if (audio.isEmpty() && video.isEmpty()) {
            throw new IllegalArgumentException("neither sound nor pictures: want one of them at least");
        }
        if (name.length() > 128 || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "stream \"" + name + "\": want at most 128 characters, none of them for control");
        }
    }

    public static Publication of(LocalAudio audio, LocalVideo video) {
        return new Publication("", Optional.of(audio), Optional.of(video));
    }

    public static Publication of(LocalAudio audio) {
        return new Publication("", Optional.of(audio), Optional.empty());
    }

    public static Publication of(LocalVideo video) {
        return new Publication("", Optional.empty(), Optional.of(video));
    }

    public Publication named(String newName) {
        return new Publication(newName, audio, video);
    }
}
