package io.callgate.relay.names;

import io.callgate.model.IpAddress;
import io.callgate.model.TimeSource;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.LookupRefused;
import io.callgate.relay.grant.NameResolver;
import io.callgate.relay.net.IoKind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.HostsFileEntriesProvider;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.UnixResolverDnsServerAddressStreamProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks names up as the system is configured to: its hosts file, then its DNS servers. Keeps answers for their
/// time to live, failures for a moment. Its own thread does all the work; safe to call from any.
public final class DnsNames implements NameResolver, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DnsNames.class);

    private static final Duration SHORTEST_LIFE = Duration.ofSeconds(1);
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(5);
    private static final Duration FAILURE_LIFE = Duration.ofSeconds(5);
    private static final int LONGEST_NAME = 253; // RFC 1035 §2.3.4 as text
    private static final int MOST_KEPT = 4096;
    private static final int QUERY_MILLIS = 2_500; // twice within the time that a client waits

    private final TimeSource time;
    private final MultiThreadIoEventLoopGroup group;
    private final EventLoop loop;
    private final Optional<DnsNameResolver> servers;
    private final HostsFile hostsFile;

    // Of the own thread only. The answers are futures, so that all who ask at once share one query.
    private final Map<String, Kept> kept = new LinkedHashMap<>();
    private final Lookups lookups = new Lookups();

    private record Kept(CompletableFuture<Resolved> answer, long expiresAtNanos) {}

    /// Addresses of a name that the host itself knows.
    interface HostsFile {
        List<InetAddress> find(String lowerCaseHost);
    }

    private DnsNames(
            IoKind io, TimeSource time, Optional<DnsServerAddressStreamProvider> servers, HostsFile hostsFile) {
        this.time = time;
        this.hostsFile = hostsFile;
        this.group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("callgate-names", true), io.handlerFactory());
        this.loop = group.next();
        this.servers = servers.map(provider -> new DnsNameResolverBuilder(loop)
                .datagramChannelType(io.datagramChannelType())
                .socketChannelType(io.socketChannelType()) // an answer that was cut off is asked for again by TCP
                .nameServerProvider(provider)
                .queryTimeoutMillis(QUERY_MILLIS)
                .searchDomains(List.of()) // a client's name is whole: "metadata" never becomes metadata.internal
                .ndots(1)
                .hostsFileEntriesResolver((host, families) -> null)
                .build());
    }

    /// As this machine is configured. Where it names no DNS server, only its hosts file is used.
    public static DnsNames ofSystem(IoKind io, TimeSource time) {
        return new DnsNames(io, time, systemServers(), systemHostsFile());
    }

    /// With servers and a hosts file of the caller's choice.
    static DnsNames of(IoKind io, TimeSource time, DnsServerAddressStreamProvider servers, HostsFile hostsFile) {
        return new DnsNames(io, time, Optional.of(servers), hostsFile);
    }

    static DnsNames withoutServers(IoKind io, TimeSource time, HostsFile hostsFile) {
        return new DnsNames(io, time, Optional.empty(), hostsFile);
    }

    /// The thread of all look-ups, for work that goes with them.
    public ScheduledExecutorService executor() {
        return loop;
    }

    @Override
    public CompletionStage<Resolved> resolve(String host, Asker asker) {
        CompletableFuture<Resolved> result = new CompletableFuture<>();
        loop.execute(() -> lookUp(host.toLowerCase(Locale.ROOT), asker).whenComplete((answer, failure) -> {
            if (failure == null) {
                result.complete(answer);
            } else {
                result.completeExceptionally(failure);
            }
        }));
        return result;
    }

    @Override
    public void close() {
        servers.ifPresent(DnsNameResolver::close);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private CompletableFuture<Resolved> lookUp(String host, Asker asker) {
        if (host.isEmpty() || host.length() > LONGEST_NAME) {
            return failed("a host name has 1 to " + LONGEST_NAME + " characters");
        }
        List<InetAddress> own = hostsFile.find(host);
        if (!own.isEmpty()) {
            return CompletableFuture.completedFuture(
                    new Resolved(own.stream().map(IpAddress::of).toList(), LONGEST_LIFE));
        }
        if (servers.isEmpty()) {
            return failed("this relay has no DNS server, so it cannot look up " + host);
        }
        long nowNanos = time.nanos();
        Kept known = kept.get(host);
        if (known != null && nowNanos - known.expiresAtNanos < 0) {
            return known.answer;
        }
        DropReason refusal = lookups.begin(asker);
        if (refusal != null) {
            return CompletableFuture.failedFuture(new LookupRefused(refusal));
        }
        CompletableFuture<Resolved> answer = query(servers.get(), host);
        keep(host, new Kept(answer, nowNanos + LONGEST_LIFE.toNanos()));
        answer.whenComplete((resolved, failure) -> {
            lookups.end(asker);
            Duration life = failure == null ? resolved.timeToLive() : FAILURE_LIFE;
            keep(host, new Kept(answer, time.nanos() + life.toNanos()));
        });
        return answer;
    }

    /// Forgets the oldest when full. Oldest in, not oldest used: answers live for minutes at most.
    private void keep(String host, Kept entry) {
        kept.remove(host);
        if (kept.size() >= MOST_KEPT) {
            kept.remove(kept.keySet().iterator().next());
        }
        kept.put(host, entry);
    }

    private CompletableFuture<Resolved> query(DnsNameResolver resolver, String host) {
        Future<List<DnsRecord>> v4 = resolver.resolveAll(new DefaultDnsQuestion(host, DnsRecordType.A));
        Future<List<DnsRecord>> v6 = resolver.resolveAll(new DefaultDnsQuestion(host, DnsRecordType.AAAA));
        CompletableFuture<Resolved> answer = new CompletableFuture<>();
        v4.addListener(first -> v6.addListener(second -> {
            List<IpAddress> addresses = new ArrayList<>();
            long seconds = Math.min(take(v4, addresses), take(v6, addresses));
            if (addresses.isEmpty()) {
                answer.completeExceptionally(new UnknownHostException("the DNS has no address for " + host));
            } else {
                Duration life =
                        Duration.ofSeconds(Math.clamp(seconds, SHORTEST_LIFE.toSeconds(), LONGEST_LIFE.toSeconds()));
                answer.complete(new Resolved(List.copyOf(addresses), life));
            }
        }));
        return answer;
    }

    /// Moves the addresses of one family out of the records. A family that failed has none.
    ///
    /// @return the shortest time to live in seconds
    private static long take(Future<List<DnsRecord>> records, List<IpAddress> addresses) {
        long seconds = Long.MAX_VALUE;
        if (!records.isSuccess()) {
            return seconds;
        }
        for (DnsRecord each : records.getNow()) {
            if (each instanceof DnsRawRecord raw && isAddress(raw)) {
                addresses.add(address(raw.content()));
                seconds = Math.min(seconds, raw.timeToLive());
            }
            ReferenceCountUtil.release(each);
        }
        return seconds;
    }

    private static boolean isAddress(DnsRawRecord record) {
        int bytes = record.content().readableBytes();
        return (record.type().equals(DnsRecordType.A) && bytes == 4)
                || (record.type().equals(DnsRecordType.AAAA) && bytes == 16);
    }

    private static IpAddress address(ByteBuf content) {
        int start = content.readerIndex();
        return content.readableBytes() == 4
                ? IpAddress.ofV4(content.getInt(start))
                : new IpAddress(content.getLong(start), content.getLong(start + 8));
    }

    private static CompletableFuture<Resolved> failed(String text) {
        return CompletableFuture.failedFuture(new UnknownHostException(text));
    }

    /// Netty would ask public DNS servers on the internet where resolv.conf names none; a relay never does.
    private static Optional<DnsServerAddressStreamProvider> systemServers() {
        Path configuration = Path.of("/etc/resolv.conf");
        if (!Files.exists(Path.of("/etc")) || System.getProperty("os.name", "").startsWith("Mac")) {
            return Optional.of(DnsServerAddressStreamProviders.platformDefault());
        }
        try {
            return Optional.of(new UnixResolverDnsServerAddressStreamProvider(configuration.toFile()));
        } catch (IOException | IllegalArgumentException e) {
            log.atWarn().addKeyValue("file", configuration).log("names.noDnsServer");
            return Optional.empty();
        }
    }

    private static HostsFile systemHostsFile() {
        HostsFileEntriesProvider entries = HostsFileEntriesProvider.parser().parseSilently();
        return host -> {
            List<InetAddress> addresses = new ArrayList<>();
            addresses.addAll(entries.ipv4Entries().getOrDefault(host, List.of()));
            addresses.addAll(entries.ipv6Entries().getOrDefault(host, List.of()));
            return addresses;
        };
    }
}
