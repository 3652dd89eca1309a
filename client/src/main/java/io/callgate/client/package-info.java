/// The SDK's face: [io.callgate.client.CloudProxy], which finds a way through and keeps it. Start there.
@NullMarked
package io.callgate.client;

import org.jspecify.annotations.NullMarked;
