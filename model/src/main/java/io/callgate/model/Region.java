package io.callgate.model;

import java.util.regex.Pattern;

/// Where relays stand, as the operator names it: `eu`, `cn-north`; `[a-z0-9-]{1,32}`.
public record Region(String value) {
    private static final Pattern FORM = Pattern.compile("[a-z0-9-]{1,32}");

    public Region {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("region \"" + value + "\": want 1 to 32 characters out of a-z 0-9 -");
        }
    }

    /// Whether this is that area or a part of it: `cn-north` is within `cn`, `us` is not within `u`.
    public boolean isWithin(Region area) {
        return value.equals(area.value) || value.startsWith(area.value + "-");
    }

    @Override
    public String toString() {
        return value;
    }
}
