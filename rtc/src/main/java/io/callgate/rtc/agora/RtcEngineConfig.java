package io.callgate.rtc.agora;

import io.callgate.rtc.vendor.Cloud;
import org.jspecify.annotations.Nullable;

/// What [RtcEngine#create] takes.
public final class RtcEngineConfig {
    /// The cloud, in place of Android's context.
    public @Nullable Cloud mContext;

    /// The app at control.
    public @Nullable String mAppId;

    public @Nullable IRtcEngineEventHandler mEventHandler;

    /// One area, or all. A set of several belongs to the app at control, which knows it by the app.
    public int mAreaCode = Constants.AREA_CODE_GLOB;

    /// Callgate's own: whether 0 means "no proxy", as it did before SDK 3.6.2, and not "automatic".
    public boolean zeroMeansOff;
}
