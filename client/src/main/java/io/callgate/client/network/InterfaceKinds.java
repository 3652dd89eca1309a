package io.callgate.client.network;

import io.callgate.client.mode.NetworkKind;

/// What an interface is, judged by what the operating system calls it. Java knows no better, and drivers call
/// things as they like: a phone on a cable is an `eth1` or `usb0` to Linux. Whoever knows more says so by
/// [#with], or with rules of their own.
@FunctionalInterface
public interface InterfaceKinds {
    /// @param name such as `wlan0`
    /// @param displayName on Windows the name of the device; elsewhere the same as `name`
    /// @return [NetworkKind#OFFLINE] for one that leads nowhere, as a bridge of containers
    NetworkKind of(String name, String displayName);

    /// The names that Linux, macOS, Windows and Android give.
    static InterfaceKinds byName() {
        return InterfaceNames::kindOf;
    }

    /// These rules, but for one interface.
    default InterfaceKinds with(String interfaceName, NetworkKind kind) {
        return (name, displayName) -> name.equals(interfaceName) ? kind : of(name, displayName);
    }
}
