/// The media stack of the JVM: libwebrtc by webrtc-java, on Linux, macOS and Windows.
///
/// A mistake in native code ends the whole JVM, so what is known to do that is not reachable from here:
/// there is no factory without an audio device, and none that both sends and receives (decision 0051).
/// Callbacks come on native threads. The libraries for the machine at hand, `webrtc-java` with its
/// classifier, are the app's to add.
@NullMarked
package io.callgate.rtc.webrtc;

import org.jspecify.annotations.NullMarked;
