/// What a network lets through, for the person who has to open it: a command of `callgate`, and one jar for Java
/// 17 that needs nothing else.
///
/// All trying and measuring is `client.check`; here are its arguments and its report. Only [Main] reads the clock
/// and the environment, for the jar; `cli` gives its own.
@NullMarked
package io.callgate.doctor;

import org.jspecify.annotations.NullMarked;
