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

    /// Where the relays may stand that are used: `AREA_CODE_…`, several by `|`, all but some by `AREA_CODE_GLOB ^
    /// …`. An area is every region that operators name so, lower case, or so with a part behind: `AREA_CODE_CN`
    /// is `cn` and `cn-north`. Where there is no relay in them none is used, and the call fails.
    public int mAreaCode = Constants.AREA_CODE_GLOB;

    /// Callgate's own: whether 0 means "no proxy", as it did before SDK 3.6.2, and not "automatic".
    public boolean zeroMeansOff;
}
