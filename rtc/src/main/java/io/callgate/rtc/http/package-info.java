/// HTTP and WebSockets that go by a plan: OkHttp without anything by which it would find a way of its own.
@NullMarked
package io.callgate.rtc.http;

import org.jspecify.annotations.NullMarked;
