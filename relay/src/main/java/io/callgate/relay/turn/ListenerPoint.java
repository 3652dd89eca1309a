package io.callgate.relay.turn;

import io.callgate.model.IpAddress;
import io.callgate.model.Protocol;

/// One bound address and port of this relay, the same on all loops.
///
/// @param id unique in the relay's life; part of a client's key, so that one client address may talk to several
public record ListenerPoint(int id, IpAddress address, int port, Protocol protocol) {}
