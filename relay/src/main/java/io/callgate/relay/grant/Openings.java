package io.callgate.relay.grant;

import io.callgate.model.Cidr;
import io.callgate.model.DesiredState;
import java.util.List;

/// Which destination rules may open special ranges and addresses of this host: those of the relay's own file all,
/// those that control sends only where that file leaves it to them.
///
/// @param isOwnFile whether the rules are those of the relay's own file
/// @param left what that file leaves to control
public record Openings(boolean isOwnFile, List<Cidr> left) {
    /// A relay's own file.
    public static final Openings ALL = new Openings(true, List.of());
    /// Control, where the relay's own file leaves it nothing.
    public static final Openings NONE = new Openings(false, List.of());

    public static Openings of(DesiredState state) {
        return new Openings(state.origin() == DesiredState.Origin.FILE, state.controlMayOpen());
    }

    /// @param rule lies inside a special range
    boolean admitRange(Cidr rule) {
        return isOwnFile || left.stream().anyMatch(rule::isInside);
    }

    /// A network that is left to control holds the relay's own address by accident: so that one must be named.
    ///
    /// @param rule is one address
    boolean admitOwn(Cidr rule) {
        return isOwnFile || left.contains(rule);
    }
}
