/// What tests of every module share: time that stands still, and networks with firewalls ([NetLab]).
/// Production code never depends on it.
@NullMarked
package io.callgate.testkit;

import org.jspecify.annotations.NullMarked;
