/// A client of an RTC cloud with real media, all of it through the cloud proxy. This is its manual; whoever has
/// media of their own needs [io.callgate.client] alone.
///
/// # A call
///
/// ```java
/// MediaStack media = WebRtcMedia.open(time);                  // libwebrtc; once a process
/// RtcEngine engine = RtcEngine.builder(time)                  // the system's clocks, as a TimeSource
///         .service(JanusService.at("wss://sfu.example.com:8989/", time))
///         .media(media)
///         .network(InterfaceMonitor.start(time))              // or a changed network is noticed by silence
///         .proxy(() -> CloudProxy.builder(time).entry("proxy.example.com"))
///         .events(events)
///         .build();
/// engine.join(JoinRequest.of("daily", "alice", token));       // returns at once
/// ```
///
/// [io.callgate.rtc.RtcEvents] tells the rest: the states of the call, who and what is in the room, which way
/// signalling and media go. A call ends with [io.callgate.rtc.RtcEngine#leave]; the engine is then ready for
/// the next. At the end the engine is closed first, then the media stack.
///
/// # Sending and receiving
///
/// ```java
/// LocalVideo camera = engine.video();
/// LocalAudio microphone = engine.audio();
/// engine.publish(Publication.of(microphone, camera));
/// camera.push(I420Frame.black(640, 360));                     // at the app's own pace
/// microphone.push(chunk);                                     // 10 ms of PCM each
/// ```
///
/// and in [io.callgate.rtc.RtcEvents#onStreamAdded]:
///
/// ```java
/// engine.subscribe(stream.name(), StreamSinks.of(sound -> play(sound), picture -> show(picture)));
/// ```
///
/// Both say what is wanted and not when: in a call they are taken before the room is entered, and done again
/// after every reconnection; the call's end forgets them. A frame is good until the sink returns.
///
/// # Modes
///
/// [io.callgate.rtc.RtcEngine.Builder#mode], or [io.callgate.rtc.RtcEngine#setMode] for the next call. Without
/// one it is what the operator says of the app.
///
/// | mode | way |
/// |---|---|
/// | NONE | directly; needs no proxy |
/// | STANDARD | through a relay: UDP, else TCP, TLS, HTTP |
/// | UDP, TCP | through a relay, by UDP alone, by TLS on 443 alone |
/// | AUTO, SMART | directly while the cloud answers without a proxy; SMART stays so on a cellular network |
/// | LOCAL | through [io.callgate.rtc.RtcEngine#setLocalProxies], the customer's own |
///
/// In a proxied mode nothing leaves but to a relay: neither signalling, nor names, nor media. That media goes
/// the way it should is looked up in the stack's statistics; a connection that stays on another is made anew.
///
/// # When something fails
///
/// - A relay dies or drains, a network changes: everything moves to the next way, in the same room. The state is
///   RECONNECTING while media is missing; others see nobody leave.
/// - What the cloud does not take, a publication or a subscription, is told by an event of its own
///   ([io.callgate.rtc.RtcEvents#onPublishFailed]), and the call goes on without.
/// - What did not work and is tried again, as a room that cannot be reached, is told each time with its cause
///   ([io.callgate.rtc.RtcEvents#onAttemptFailed]).
/// - Neither entered nor come back for [io.callgate.rtc.RtcEngine.Builder#giveUpAfter], no way at all, or a
///   refusal: FAILED, right after [io.callgate.rtc.RtcEvents#onCallFailed] with its code, the cause, and what
///   would mend it. Joining again begins anew.
/// - A cloud whose certificate is not trusted is TLS_UNTRUSTED, one for another name TLS_NAME; `withTls` of the
///   service says whom to trust.
///
/// # Threads
///
/// Every method may be called from any thread and none waits. `callgate-rtc` owns all state and makes all
/// callbacks: whoever blocks there stops the engine, but not the media. `callgate-rtc-work` does what blocks.
/// Frames and sound come on threads of the media stack.
///
/// # Live streams
///
/// [io.callgate.rtc.live.LiveService] speaks WHIP and WHEP in place of a room: whoever publishes names the
/// stream, whoever plays asks for it by its name, before it is there if need be.
///
/// ```java
/// RtcService live = LiveService.at(
///         "https://live.example.com/whip/{stream}", "https://live.example.com/whep/{stream}", time);
/// ```
///
/// # By a vendor's API
///
/// Apps that are written for Agora, NERTC or ZEGO keep their calls: [io.callgate.rtc.agora],
/// [io.callgate.rtc.nertc], [io.callgate.rtc.zego] have the vendors' names, numbers, order and return codes.
/// Where Android's SDKs take a context, they take a [io.callgate.rtc.vendor.Cloud].
///
/// # Others
///
/// Another cloud is a [io.callgate.rtc.service.RtcService], another media stack a
/// [io.callgate.rtc.media.MediaStack]. Knows neither relay nor control.
@NullMarked
package io.callgate.rtc;

import org.jspecify.annotations.NullMarked;
