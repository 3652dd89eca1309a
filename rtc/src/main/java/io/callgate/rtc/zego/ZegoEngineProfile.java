package io.callgate.rtc.zego;

import io.callgate.model.RequestedMode;
import io.callgate.rtc.vendor.Cloud;
import org.jspecify.annotations.Nullable;

/// What [ZegoExpressEngine#createEngine] takes.
public final class ZegoEngineProfile {
    /// The app at control, as a number.
    public long appID;

    /// The app's sign; null or empty where users bring tokens.
    public @Nullable String appSign;

    /// The cloud, in place of Android's application.
    public @Nullable Cloud application;

    /// Callgate's own: STANDARD or SMART for the cloud proxy; null for what control says of the app, as ZEGO
    /// has it.
    public @Nullable RequestedMode proxyMode;
}
