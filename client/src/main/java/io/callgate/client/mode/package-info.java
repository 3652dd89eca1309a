/// How a client decides between the direct way and the cloud proxy. [ModeMachine] is the whole decision as one
/// pure method; everything else here is a value that goes into it or comes out.
///
/// Does no I/O, reads no clock, starts no thread: whoever runs the machine gives it what happened, and acts on the
/// difference between two states. All types are immutable and safe for any thread.
@NullMarked
package io.callgate.client.mode;

import org.jspecify.annotations.NullMarked;
