/// The console: pages for operators and for the owners of apps, made on the server. Each request runs on a virtual
/// thread of its own; nothing is made before the first one comes. What is changed here is changed by the
/// operations of the contract ([io.callgate.control.rest.Operations]), so pages have no rules of their own.
@NullMarked
package io.callgate.control.console;

import org.jspecify.annotations.NullMarked;
