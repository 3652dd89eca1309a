package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.CloudProxy;
import io.callgate.client.Plan;
import io.callgate.client.ProxyEvents;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.Entrance;
import io.callgate.model.RequestedMode;
import io.callgate.model.Transport;
import io.callgate.rtc.transport.MediaRoutes;
import io.callgate.rtc.transport.TransportPlan;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class ProxyWayTest {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<TransportPlan> plans = new LinkedBlockingQueue<>();
    private final Loop loop = new Loop(thrown -> told.add("defect " + thrown));
    private final ProxyWay way = new ProxyWay(
            CloudProxy.builder(SystemTime.CLOCK)
                    .entry("127.0.0.1:9")
                    .uid("alice")
                    .token(() -> "")
                    .mode(RequestedMode.STANDARD),
            new MediaRoutes(SystemTime.CLOCK),
            Optional.empty(),
            new Told(),
            events(),
            loop);

    private RtcEvents events() {
        InvocationHandler noting = (proxy, event, values) -> {
            told.add(event.getName() + (values == null ? "[]" : List.of(values)));
            return null;
        };
        return (RtcEvents)
                Proxy.newProxyInstance(RtcEvents.class.getClassLoader(), new Class<?>[] {RtcEvents.class}, noting);
    }

    private final class Told implements Way.Listener {
        @Override
        public void onPlan(TransportPlan plan) {
            plans.add(plan);
        }

        @Override
        public void onRefreshed(TransportPlan same) {}

        @Override
        public void onLeased() {}

        @Override
        public void onGivenUp(Failure failure) {}
    }

    @AfterEach
    void close() {
        way.close();
        loop.end();
    }

    private static Stream<Method> eventsOfTheProxy() {
        return Stream.of(ProxyEvents.class.getMethods());
    }

    @ParameterizedTest
    @MethodSource("eventsOfTheProxy")
    void theAppIsToldWhateverTheProxyTells(Method event) throws Exception {
        Object[] values = EventValues.of(event);

        event.invoke(way, values);

        expect(event.getName() + List.of(values));
    }

    @Test
    void thePlanThatCameMeanwhileKeepsItsBridge() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            way.onPlan(bridged("r1", silent.getLocalPort()));
            way.onPlan(bridged("r2", silent.getLocalPort()));
            TransportPlan older = nextPlan();
            TransportPlan newest = nextPlan();
            try (Socket stack = connect(older)) {
                way.inUse(older);
                connect(older).close();
                connect(newest).close();

                way.inUse(newest);

                connect(newest).close();
                assertThat(hasEnded(stack)).as("what only the older one needed").isTrue();
            }
        }
    }

    @Test
    void aPlanThatComesAfterTheEndOpensNothing() throws Exception {
        way.close();

        way.onPlan(bridged("r1", 9));

        TransportPlan late = nextPlan();
        assertThat(late.isForced()).isTrue();
        assertThat(late.ice().servers()).isEmpty();
    }

    private TransportPlan nextPlan() throws InterruptedException {
        return Objects.requireNonNull(plans.poll(5, TimeUnit.SECONDS), "no plan");
    }

    /// To a relay that the stack cannot go to by itself.
    private static Plan bridged(String relay, int proxy) {
        Dialer proxied = Dialer.direct().through(new Hop.Socks5(new HostPort("127.0.0.1", proxy), Optional.empty()));
        Entrance entrance = new Entrance(new HostPort(relay + ".example.com", 443), Transport.TCP, Trust.system());
        Plan.Relayed relayed = new Plan.Relayed(entrance, new Login("alice", "a password"), proxied);
        return new Plan(1, EffectivePath.CLOUD_TCP, false, relay, List.of(), true, proxied, Optional.of(relayed));
    }

    private static Socket connect(TransportPlan plan) throws IOException {
        String url = plan.ice().servers().get(0).urls().get(0);
        int port = Integer.parseInt(url.replaceAll("turn:127\\.0\\.0\\.1:|\\?.*", ""));
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private static boolean hasEnded(Socket socket) throws IOException {
        socket.setSoTimeout(5_000);
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /// After whatever the proxy itself has told of its beginning.
    private void expect(String event) throws InterruptedException {
        for (String next = ""; !event.equals(next); ) {
            next = told.poll(5, TimeUnit.SECONDS);
            assertThat(next).as("wait for " + event).isNotNull();
        }
    }
}
