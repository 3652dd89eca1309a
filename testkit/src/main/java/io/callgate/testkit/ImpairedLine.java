package io.callgate.testkit;

/// A bad line between corp and the company's router, in force until it is closed.
interface ImpairedLine extends AutoCloseable {
    /// What makes it bad, for a person to read.
    String madeBy();

    @Override
    void close();
}
