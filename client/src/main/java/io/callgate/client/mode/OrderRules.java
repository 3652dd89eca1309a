package io.callgate.client.mode;

/// When the proxy may be set. The vendors differ, and samples written for one of them rely on it.
///
/// @param inRoom what a change does while a call runs
/// @param frozenByEngine whether nothing may be set once the engine exists
/// @param disablesFirst whether UDP, TCP, cloud and local are exchanged only by way of NONE
public record OrderRules(InRoom inRoom, boolean frozenByEngine, boolean disablesFirst) {
    /// What a change does between join and leave.
    public enum InRoom {
        /// It is kept, and takes effect at the next join.
        DEFERRED,

        /// It is refused, and nothing has changed.
        REFUSED
    }

    /// Callgate's own: nothing is refused that can be done, now or at the next join.
    public static final OrderRules OWN = new OrderRules(InRoom.DEFERRED, false, false);

    public static final OrderRules AGORA = new OrderRules(InRoom.REFUSED, false, true);
    public static final OrderRules NERTC = new OrderRules(InRoom.DEFERRED, false, false);
    public static final OrderRules ZEGO = new OrderRules(InRoom.REFUSED, true, false);
}
