package io.callgate.model;

/// One customer of an operator: the App ID, `[A-Za-z0-9._-]{1,64}`.
public record AppId(String value) {
    static final NameForm FORM = new NameForm("._-", 64);

    /// Reserved: what visitors of a relay's check page use is counted under this name.
    public static final AppId CHECK = new AppId("callgate.check");

    public AppId {
        if (!FORM.fits(value)) {
            throw new IllegalArgumentException(
                    "app id \"" + value + "\": want 1 to 64 characters out of A-Z a-z 0-9 . _ -");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
