package io.callgate.control.lease;

import io.callgate.control.store.LivePlace;
import io.callgate.control.store.PoolAddress;
import io.callgate.model.Endpoint;
import io.callgate.model.Transport;
import java.util.List;
import java.util.Optional;

/// Where clients may be led: an address of a living relay, with what ranking asks of it for every lease.
///
/// @param transports in the order in which clients try them
/// @param nameHash of the relay's name
/// @param nameShift what the hash of a text is multiplied by when the relay's name is put behind it
record Door(LivePlace place, Endpoint endpoint, List<Transport> transports, int nameHash, int nameShift) {
    /// Empty for a whole network, which is no place to go to.
    static Optional<Door> of(LivePlace place) {
        PoolAddress address = place.address();
        boolean isOneAddress =
                address.cidr().prefixBits() == (address.cidr().network().isV4() ? 32 : 128);
        if (!isOneAddress) {
            return Optional.empty();
        }
        int shift = 1;
        for (int i = 0; i < place.relay().length(); i++) {
            shift *= 31; // as String.hashCode does
        }
        return Optional.of(new Door(
                place,
                new Endpoint(address.cidr().network(), address.ports().first()),
                address.transports().stream().sorted().toList(),
                place.relay().hashCode(),
                shift));
    }

    PoolAddress address() {
        return place.address();
    }

    /// Of a text with the relay's name behind it.
    int hashBehind(int hashOfText) {
        return hashOfText * nameShift + nameHash;
    }
}
