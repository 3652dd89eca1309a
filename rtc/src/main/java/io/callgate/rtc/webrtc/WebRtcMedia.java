package io.callgate.rtc.webrtc;

import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.media.audio.AudioDeviceModule;
import dev.onvoid.webrtc.media.audio.AudioDeviceModuleBase;
import dev.onvoid.webrtc.media.audio.AudioLayer;
import dev.onvoid.webrtc.media.audio.AudioTrack;
import dev.onvoid.webrtc.media.audio.CustomAudioSource;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import dev.onvoid.webrtc.media.video.CustomVideoSource;
import dev.onvoid.webrtc.media.video.VideoTrack;
import io.callgate.model.TimeSource;
import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.media.LocalAudio;
import io.callgate.rtc.media.LocalVideo;
import io.callgate.rtc.media.MediaException;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.media.PeerLink;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// libwebrtc without any sound hardware: two factories, one that sends what the app pushes, one that
/// receives. It is the one owner of everything native.
public final class WebRtcMedia implements MediaStack {
    private final TimeSource time;
    private final AudioDeviceModuleBase sendingDevice;
    private final AudioDeviceModuleBase receivingDevice;
    private final PeerConnectionFactory sending;
    private final PeerConnectionFactory receiving;
    private final AtomicLong names = new AtomicLong();
    private final Set<WebRtcLink> links = new LinkedHashSet<>(); // guarded by this
    private final Set<AutoCloseable> sources = new LinkedHashSet<>(); // guarded by this
    private boolean isClosed; // guarded by this

    private WebRtcMedia(TimeSource time) {
        this.time = time;
        // The dummy never calls a sink, and the headless one has a microphone of its own that the app's pushes would
        // race with, to the end of the JVM. So the one sends and the other receives.
        sendingDevice = new AudioDeviceModule(AudioLayer.kDummyAudio);
        sending = new PeerConnectionFactory(sendingDevice);
        receivingDevice = new HeadlessAudioDeviceModule();
        receiving = new PeerConnectionFactory(receivingDevice);
    }

    /// Loads the library and starts its threads: some hundred milliseconds, some 60 MB.
    ///
    /// @throws MediaException if the library of this machine is not on the class path, or a shared library
    ///     that it needs is not installed
    public static WebRtcMedia open(TimeSource time) {
        try {
            return new WebRtcMedia(time);
        } catch (LinkageError | RuntimeException e) {
            throw new MediaException(
                    "libwebrtc does not load: want webrtc-java with the classifier of this machine on the class path,"
                            + " and on Debian the packages that the README names",
                    e);
        }
    }

    @Override
    public synchronized LocalVideo video() {
        CustomVideoSource source = new CustomVideoSource();
        WebRtcVideo made = new WebRtcVideo(source, time, this::forget);
        sources.add(made);
        return made;
    }

    @Override
    public synchronized LocalAudio audio() {
        WebRtcAudio made = new WebRtcAudio(new CustomAudioSource(), this::forget);
        sources.add(made);
        return made;
    }

    @Override
    public PeerLink sender(IceSetup ice, PeerLink.Listener listener) {
        return link(sending, ice, listener);
    }

    @Override
    public PeerLink receiver(IceSetup ice, PeerLink.Listener listener) {
        return link(receiving, ice, listener);
    }

    private synchronized PeerLink link(PeerConnectionFactory factory, IceSetup ice, PeerLink.Listener listener) {
        if (isClosed) {
            throw new MediaException("the media stack is closed");
        }
        WebRtcLink link = new WebRtcLink(this, listener);
        RTCPeerConnection connection = factory.createPeerConnection(Configurations.of(ice), link.observer());
        link.begin(connection);
        links.add(link);
        return link;
    }

    AudioTrack track(CustomAudioSource source) {
        return sending.createAudioTrack("audio" + names.incrementAndGet(), source);
    }

    VideoTrack track(CustomVideoSource source) {
        return sending.createVideoTrack("video" + names.incrementAndGet(), source);
    }

    /// Tracks of the receiving factory, with nothing in them.
    ///
    /// @param microphone never pushed to, and neither is `camera`
    record Blank(AudioTrack audio, VideoTrack video, CustomAudioSource microphone, CustomVideoSource camera) {
        /// After the tracks.
        void dispose() {
            microphone.dispose();
            camera.dispose();
        }
    }

    Blank blank() {
        CustomAudioSource microphone = new CustomAudioSource();
        CustomVideoSource camera = new CustomVideoSource();
        String name = "blank" + names.incrementAndGet();
        return new Blank(
                receiving.createAudioTrack(name + "a", microphone),
                receiving.createVideoTrack(name + "v", camera),
                microphone,
                camera);
    }

    synchronized void forget(WebRtcLink link) {
        links.remove(link);
    }

    private synchronized void forget(AutoCloseable source) {
        sources.remove(source);
    }

    /// Links, sources, factories, devices: in any other order native code ends the JVM.
    @Override
    public void close() {
        List<WebRtcLink> openLinks;
        List<AutoCloseable> openSources;
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            openLinks = new ArrayList<>(links);
            openSources = new ArrayList<>(sources);
        }
        openLinks.forEach(WebRtcLink::close);
        openSources.forEach(WebRtcMedia::closeQuietly);
        sending.dispose();
        receiving.dispose();
        sendingDevice.dispose();
        receivingDevice.dispose();
    }

    private static void closeQuietly(AutoCloseable source) {
        try {
            source.close();
        } catch (Exception e) {
            throw new MediaException("a source does not close", e);
        }
    }
}
