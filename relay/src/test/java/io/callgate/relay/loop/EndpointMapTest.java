package io.callgate.relay.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointMapTest {
    private record Key(long high, long low, int port, int tag) {
        static Key any(Random random, int space) {
            return new Key(random.nextInt(3), random.nextInt(space), random.nextInt(2), random.nextInt(2));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void behavesAsAHashMapUnderRandomPutsAndRemovals(long seed) {
        Random random = new Random(seed);
        EndpointMap<Integer> map = new EndpointMap<>();
        Map<Key, Integer> model = new HashMap<>();
        for (int i = 0; i < 100_000; i++) {
            Key key = Key.any(random, 50 + i / 1000);
            if (random.nextInt(100) < 55) {
                map.put(key.high, key.low, key.port, key.tag, i);
                model.put(key, i);
            } else {
                map.remove(key.high, key.low, key.port, key.tag);
                model.remove(key);
            }
            Key probe = Key.any(random, 50 + i / 1000);
            assertThat(map.find(probe.high, probe.low, probe.port, probe.tag)).isEqualTo(model.get(probe));
            assertThat(map.count()).isEqualTo(model.size());
        }
        model.forEach((key, value) ->
                assertThat(map.find(key.high, key.low, key.port, key.tag)).isEqualTo(value));
        List<Integer> visited = new ArrayList<>();
        map.forEach(visited::add);
        assertThat(visited).containsExactlyInAnyOrderElementsOf(model.values());
    }

    @Test
    void keysThatDifferInOneFieldAreDifferentKeys() {
        EndpointMap<String> map = new EndpointMap<>();
        map.put(1, 2, 3, 4, "found");

        assertThat(map.find(1, 2, 3, 4)).isEqualTo("found");
        assertThat(map.find(0, 2, 3, 4)).isNull();
        assertThat(map.find(1, 0, 3, 4)).isNull();
        assertThat(map.find(1, 2, 0, 4)).isNull();
        assertThat(map.find(1, 2, 3, 0)).isNull();
    }
}
