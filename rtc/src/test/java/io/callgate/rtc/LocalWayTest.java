package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.failure.Failure;
import io.callgate.model.ErrorCode;
import io.callgate.rtc.transport.TransportPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LocalWayTest {
    private static final Failure GONE = new Failure(ErrorCode.TCP_REFUSED, "nobody there", "start it");

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final List<Way.Listener> ways = new ArrayList<>();
    private final Loop loop = new Loop(thrown -> told.add("defect " + thrown));
    private final LocalWay way = new LocalWay(List.of(numbered("first"), numbered("second")), new Told(), loop);

    private Function<Way.Listener, Way> numbered(String name) {
        return listener -> {
            ways.add(listener);
            return new Way() {
                @Override
                public void start() {
                    told.add(name + " starts");
                }

                @Override
                public void renew() {
                    told.add(name + " renews");
                }

                @Override
                public void inUse(TransportPlan plan) {
                    told.add(name + " in use");
                }

                @Override
                public void close() {
                    told.add(name + " closes");
                }
            };
        };
    }

    private final class Told implements Way.Listener {
        @Override
        public void onPlan(TransportPlan plan) {
            told.add("plan " + plan.epoch());
        }

        @Override
        public void onRefreshed(TransportPlan same) {
            told.add("refreshed " + same.epoch());
        }

        @Override
        public void onLeased() {
            told.add("leased");
        }

        @Override
        public void onGivenUp(Failure failure) {
            told.add("given up: " + failure.code());
        }
    }

    private void expect(String... lines) throws InterruptedException {
        for (String line : lines) {
            assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(line);
        }
    }

    @AfterEach
    void end() {
        loop.end();
    }

    @Test
    void theNextProxyIsTakenWhenByOneNoRelayIsToBeHad() throws Exception {
        loop.execute(way::start);
        expect("first starts");
        ways.get(0).onPlan(TransportPlan.direct(1));
        ways.get(0).onPlan(TransportPlan.direct(2));
        ways.get(0).onRefreshed(TransportPlan.direct(2));
        expect("plan 1", "plan 2", "refreshed 2");

        ways.get(0).onGivenUp(GONE);

        expect("first closes", "second starts");
        ways.get(1).onPlan(TransportPlan.direct(1));
        expect("plan 3"); // newer than all before it
        loop.execute(way::renew);
        expect("second renews");
    }

    @Test
    void theLastFailureIsTold() throws Exception {
        loop.execute(way::start);
        expect("first starts");
        ways.get(0).onGivenUp(GONE);
        expect("first closes", "second starts");

        ways.get(1).onGivenUp(GONE);

        expect("given up: TCP_REFUSED");
        loop.execute(way::close);
        expect("second closes");
        ways.get(1).onGivenUp(GONE);
        loop.execute(() -> told.add("end"));
        expect("end");
    }
}
