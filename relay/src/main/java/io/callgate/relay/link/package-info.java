/// A relay whose apps come from control: joins the fleet, reports, hears what it is to do, and goes on with what
/// it heard last when control is away. Outbound only; two threads of its own, so that no event loop waits for
/// control. Stands above the relay and drives it by the one way in, `Relay.apply`; knows no database and no file:
/// what is to be remembered goes through [LinkMemory].
@NullMarked
package io.callgate.relay.link;

import org.jspecify.annotations.NullMarked;
