/// The HTTP face of control. `openapi.yaml` says which operations there are, and what may go in and out; the
/// resources here only do what is left: they turn a checked request into one transaction, and its result into
/// JSON.
@NullMarked
package io.callgate.control.rest;

import org.jspecify.annotations.NullMarked;
