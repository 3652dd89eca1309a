package io.callgate.doctor;

/// The world is not as `doctor` needs it before it can begin: the message is one line for stderr.
public final class DoctorException extends RuntimeException {
    DoctorException(String message, Throwable cause) {
        super(message, cause);
    }
}
