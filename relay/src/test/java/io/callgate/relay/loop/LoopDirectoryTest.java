package io.callgate.relay.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopDirectoryTest {
    private record Client(long high, long low, int port, int listener) {}

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void behavesAsAHashMapUnderRandomAddsAndRemovals(long seed) {
        Random random = new Random(seed);
        LoopDirectory directory = new LoopDirectory();
        Map<Client, Integer> model = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            // far more clients than buckets: chains of several
            Client client = new Client(0, random.nextInt(30_000), 1 + random.nextInt(2), random.nextInt(2));
            if (!model.containsKey(client)) {
                int loop = random.nextInt(4);
                directory.add(client.high, client.low, client.port, client.listener, loop);
                model.put(client, loop);
            } else if (random.nextBoolean()) {
                directory.remove(client.high, client.low, client.port, client.listener);
                model.remove(client);
            }
            Client probe = new Client(0, random.nextInt(30_000), 1 + random.nextInt(2), random.nextInt(2));
            assertThat(directory.find(probe.high, probe.low, probe.port, probe.listener))
                    .isEqualTo(model.getOrDefault(probe, LoopDirectory.NONE));
        }
    }

    @Test
    void threadsThatAddAndRemoveTheirOwnClientsDoNotDisturbEachOther() {
        LoopDirectory directory = new LoopDirectory();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int loop = 0; loop < 4; loop++) {
            int index = loop;
            threads.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 50_000; i++) {
                    directory.add(0, i, 1, index, index);
                    if (i % 2 == 0) {
                        directory.remove(0, i, 1, index);
                    }
                }
            }));
        }
        threads.forEach(CompletableFuture::join);

        for (int loop = 0; loop < 4; loop++) {
            for (int i = 0; i < 50_000; i++) {
                assertThat(directory.find(0, i, 1, loop)).isEqualTo(i % 2 == 0 ? LoopDirectory.NONE : loop);
            }
        }
    }
}
