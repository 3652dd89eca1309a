package io.callgate.client.turn;

import java.util.concurrent.atomic.LongAdder;

/// What a tunnel counts for its [DatagramTunnel.Statistics]. Safe for any thread.
public final class Tally {
    private final LongAdder sentDatagrams = new LongAdder();
    private final LongAdder sentBytes = new LongAdder();
    private final LongAdder receivedDatagrams = new LongAdder();
    private final LongAdder receivedBytes = new LongAdder();
    private final LongAdder notSent = new LongAdder();

    public void sent(int payloadBytes) {
        sentDatagrams.increment();
        sentBytes.add(payloadBytes);
    }

    public void received(int payloadBytes) {
        receivedDatagrams.increment();
        receivedBytes.add(payloadBytes);
    }

    public void notSent() {
        notSent.increment();
    }

    public DatagramTunnel.Statistics statistics(long lastHeardNanos) {
        return new DatagramTunnel.Statistics(
                sentDatagrams.sum(),
                sentBytes.sum(),
                receivedDatagrams.sum(),
                receivedBytes.sum(),
                notSent.sum(),
                lastHeardNanos);
    }
}
