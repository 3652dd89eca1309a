/// The samples of three vendors' documentation, against a cloud of one's own: what differs from theirs is the
/// cloud in place of Android's context, and frames in place of camera and microphone.
@NullMarked
package io.callgate.examples.vendors;

import org.jspecify.annotations.NullMarked;
