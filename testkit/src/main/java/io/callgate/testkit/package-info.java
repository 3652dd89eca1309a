/// What tests share: time that the test moves, and a laboratory of network namespaces with a firewall ([NetLab]).
/// Production code never depends on it. Knows `model` only.
@NullMarked
package io.callgate.testkit;

import org.jspecify.annotations.NullMarked;
