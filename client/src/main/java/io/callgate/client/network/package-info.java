/// What this machine is connected by, and when that changes: asked once before a call, and listened to during it.
///
/// [NetworkMonitor] is the SPI; [InterfaceMonitor] answers on Linux, macOS and Windows. Android's apps know it
/// from `ConnectivityManager` and give their own.
@NullMarked
package io.callgate.client.network;

import org.jspecify.annotations.NullMarked;
