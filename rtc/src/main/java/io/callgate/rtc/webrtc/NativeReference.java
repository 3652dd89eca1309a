package io.callgate.rtc.webrtc;

import dev.onvoid.webrtc.internal.NativeObject;
import dev.onvoid.webrtc.internal.RefCountedObject;
import java.lang.reflect.Field;
import java.util.Optional;

/// The reference that webrtc-java takes to a connection or a transceiver, and never gives back: closing a
/// connection leaves it with all it had, some 250 kB each time (decision 0051). This gives it back.
///
/// Where the field cannot be read, as when webrtc-java is a named module that is not opened, nothing is given
/// back and nothing else changes.
final class NativeReference extends RefCountedObject {
    private static final Optional<Field> HANDLE = handle();

    private NativeReference() {}

    private static Optional<Field> handle() {
        try {
            Field field = NativeObject.class.getDeclaredField("nativeHandle");
            field.setAccessible(true);
            return Optional.of(field);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /// To be called while the object is alive.
    ///
    /// @return gives the reference back, once; after that the object must not be used
    static Runnable to(NativeObject object) {
        try {
            if (HANDLE.isPresent()) {
                NativeReference reference = new NativeReference();
                HANDLE.get().setLong(reference, HANDLE.get().getLong(object));
                return reference::release;
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("the field was made accessible", e);
        }
        return () -> {};
    }
}
