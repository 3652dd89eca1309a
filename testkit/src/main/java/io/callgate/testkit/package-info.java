/// What tests of every module share: time that stands still, networks with firewalls.
@NullMarked
package io.callgate.testkit;

import org.jspecify.annotations.NullMarked;
