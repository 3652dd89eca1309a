/// What can go wrong between an app and its calls: a code, the cause, the mend. Every failure of the SDK is one of
/// these, so that nobody has to read a stack trace to know which cable, firewall or clock to look at.
@NullMarked
package io.callgate.client.failure;

import org.jspecify.annotations.NullMarked;
