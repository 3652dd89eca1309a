package io.callgate.relay;

import io.callgate.model.IpAddress;
import io.callgate.relay.grant.NameResolver;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A DNS of a few answers.
final class Names implements NameResolver {
    private final String host;
    private final List<List<String>> answers;
    private final AtomicInteger asked = new AtomicInteger();

    private Names(String host, List<List<String>> answers) {
        this.host = host;
        this.answers = answers;
    }

    static Names answering(String host, String... addresses) {
        return new Names(host, List.of(List.of(addresses)));
    }

    /// Each time another answer; the last one for ever.
    static Names rebinding(String host, String... addresses) {
        return new Names(host, Stream.of(addresses).map(List::of).toList());
    }

    int asked() {
        return asked.get();
    }

    @Override
    public CompletionStage<Resolved> resolve(String name, Asker asker) {
        if (!name.equals(host)) {
            return CompletableFuture.failedFuture(new UnknownHostException("no such name: " + name));
        }
        List<String> answer = answers.get(Math.min(asked.getAndIncrement(), answers.size() - 1));
        return CompletableFuture.completedFuture(
                new Resolved(answer.stream().map(IpAddress::parse).toList(), Duration.ofSeconds(60)));
    }
}
