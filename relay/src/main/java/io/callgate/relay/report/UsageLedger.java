package io.callgate.relay.report;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.callgate.model.AppId;
import io.callgate.model.Heartbeat;
import io.callgate.model.UsageCount;
import io.callgate.relay.grant.Usage;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Usage by run, hour, app and ingress, in a memory that outlives the process: a mapped file. What a run before
/// this one counted and control has not heard is told by this one. Safe on every thread.
///
/// The memory is a header and slots of a fixed size. Each number is one aligned store, and a slot is marked as
/// used when all else is written: a process that is killed at any moment leaves what it had stored, and nothing
/// half.
final class UsageLedger {
    private static final Logger log = LoggerFactory.getLogger(UsageLedger.class);

    private static final long MAGIC = 0x4347_5553_4147_4531L; // "CGUSAGE1"
    private static final long HEADER_BYTES = 64;
    private static final long SLOT_BYTES = 192;

    // Within a slot. A text is its length in one byte and then its bytes.
    private static final long USED = 0;
    private static final long EPOCH_HIGH = 8;
    private static final long EPOCH_LOW = 16;
    private static final long HOUR_SECONDS = 24;
    private static final long BYTES_TO_PEER = 32;
    private static final long BYTES_TO_CLIENT = 40;
    private static final long SESSIONS = 48;
    private static final long SESSION_MILLIS = 56;
    private static final long INGRESS = 64;
    private static final long APP = 96; // at most 64 bytes

    private final MemorySegment memory;
    private final UUID epoch;
    private final Map<Key, Slot> slots = new HashMap<>();
    private final ArrayDeque<Long> free = new ArrayDeque<>();
    private final Map<Place, Usage.Total> counted = new HashMap<>();
    private Instant hour = Instant.EPOCH;
    private long sentSequence = -1;
    private Map<Slot, UsageCount> sent = Map.of();
    private boolean isFull;

    private record Place(AppId app, String ingress) {}

    private record Key(UUID epoch, Instant hour, Place place) {}

    /// Where a count lies; what control has acknowledged of it is known to this run only.
    private static final class Slot {
        private final Key key;
        private final long offset;
        private @Nullable UsageCount acknowledged;

        Slot(Key key, long offset) {
            this.key = key;
            this.offset = offset;
        }
    }

    /// @param memory what it was when the run before ended, however it did; zeros the first time
    /// @param epoch of this run
    UsageLedger(MemorySegment memory, UUID epoch) {
        this.memory = memory;
        this.epoch = epoch;
        if (memory.get(JAVA_LONG, 0) != MAGIC) {
            memory.fill((byte) 0);
            memory.set(JAVA_LONG, 0, MAGIC);
        }
        for (long offset = HEADER_BYTES; offset + SLOT_BYTES <= memory.byteSize(); offset += SLOT_BYTES) {
            Optional<Key> key = readKey(offset);
            if (key.isPresent()) {
                slots.put(key.get(), new Slot(key.get(), offset));
            } else {
                memory.set(JAVA_LONG, offset + USED, 0);
                free.add(offset);
            }
        }
    }

    /// How much memory holds so many counts.
    static long bytesFor(int counts) {
        return HEADER_BYTES + counts * SLOT_BYTES;
    }

    /// Adds what has been used since the last call.
    ///
    /// @param totals since the run began
    synchronized void count(List<Usage.Total> totals, Instant now) {
        Instant next = UsageCount.hourOf(now);
        if (next.isAfter(hour)) { // a clock that goes back does not open an hour that was told and forgotten
            hour = next;
        }
        for (Usage.Total total : totals) {
            Place place = new Place(total.app(), total.ingress().label());
            Usage.Total before = counted.get(place);
            if (!total.equals(before)) {
                slot(place).ifPresent(slot -> {
                    add(slot, total, before);
                    counted.put(place, total); // else it is counted when there is room
                });
            }
        }
    }

    /// What control has not acknowledged as it is now, the oldest first.
    ///
    /// @param sequence of the heartbeat that carries it
    synchronized List<UsageCount> untold(long sequence) {
        Map<Slot, UsageCount> untold = new HashMap<>();
        slots.values().stream()
                .sorted(Comparator.comparing((Slot slot) -> slot.key.hour).thenComparingLong(slot -> slot.offset))
                .filter(slot -> !read(slot).equals(slot.acknowledged))
                .limit(Heartbeat.MOST_USAGE)
                .forEach(slot -> untold.put(slot, read(slot)));
        sentSequence = sequence;
        sent = untold;
        return untold.values().stream()
                .sorted(Comparator.comparing(UsageCount::hour))
                .toList();
    }

    /// Control has the counts of that heartbeat.
    synchronized void onAcknowledged(long sequence) {
        if (sequence == sentSequence) {
            sent.forEach((slot, count) -> slot.acknowledged = count);
            sent = Map.of();
        }
        List<Slot> over = slots.values().stream()
                .filter(slot -> isOver(slot.key) && read(slot).equals(slot.acknowledged))
                .toList();
        over.forEach(this::release);
    }

    /// Has the system write to disk what it has not, so that it outlives a fall of the machine.
    void force() {
        if (memory.isMapped()) {
            memory.force();
        }
    }

    /// Whether nothing more is added to it.
    private boolean isOver(Key key) {
        return !key.epoch.equals(epoch) || key.hour.isBefore(hour);
    }

    private Optional<Slot> slot(Place place) {
        Key key = new Key(epoch, hour, place);
        Slot known = slots.get(key);
        if (known != null) {
            return Optional.of(known);
        }
        Long offset = free.poll();
        if (offset != null) {
            isFull = false;
            return Optional.of(claim(key, offset));
        }
        if (!isFull) {
            isFull = true;
            log.atWarn().addKeyValue("counts", slots.size()).log("usage.memory.full");
        }
        // Days without control: what is used now is counted in the last hour that had room.
        return slots.values().stream()
                .filter(slot -> slot.key.place.equals(place) && slot.key.epoch.equals(epoch))
                .max(Comparator.comparing(slot -> slot.key.hour));
    }

    private Slot claim(Key key, long offset) {
        memory.asSlice(offset, SLOT_BYTES).fill((byte) 0);
        memory.set(JAVA_LONG, offset + EPOCH_HIGH, key.epoch.getMostSignificantBits());
        memory.set(JAVA_LONG, offset + EPOCH_LOW, key.epoch.getLeastSignificantBits());
        memory.set(JAVA_LONG, offset + HOUR_SECONDS, key.hour.getEpochSecond());
        writeText(offset + INGRESS, key.place.ingress);
        writeText(offset + APP, key.place.app.value());
        VarHandle.releaseFence();
        memory.set(JAVA_LONG, offset + USED, 1);
        Slot slot = new Slot(key, offset);
        slots.put(key, slot);
        return slot;
    }

    private void release(Slot slot) {
        memory.set(JAVA_LONG, slot.offset + USED, 0);
        slots.remove(slot.key);
        free.add(slot.offset);
    }

    private void add(Slot slot, Usage.Total total, Usage.@Nullable Total before) {
        Usage.Total from = before == null ? new Usage.Total(total.app(), total.ingress(), 0, 0, 0, 0) : before;
        add(slot.offset + BYTES_TO_PEER, total.bytesToPeer() - from.bytesToPeer());
        add(slot.offset + BYTES_TO_CLIENT, total.bytesToClient() - from.bytesToClient());
        add(slot.offset + SESSIONS, total.sessions() - from.sessions());
        add(slot.offset + SESSION_MILLIS, total.sessionMillis() - from.sessionMillis());
    }

    private void add(long offset, long more) {
        memory.set(JAVA_LONG, offset, memory.get(JAVA_LONG, offset) + more);
    }

    private UsageCount read(Slot slot) {
        return new UsageCount(
                slot.key.epoch.toString(),
                slot.key.hour,
                slot.key.place.app,
                slot.key.place.ingress,
                memory.get(JAVA_LONG, slot.offset + BYTES_TO_PEER),
                memory.get(JAVA_LONG, slot.offset + BYTES_TO_CLIENT),
                memory.get(JAVA_LONG, slot.offset + SESSIONS),
                memory.get(JAVA_LONG, slot.offset + SESSION_MILLIS) / 1_000);
    }

    /// @return empty if the slot is free, or holds what no run of ours has written
    private Optional<Key> readKey(long offset) {
        if (memory.get(JAVA_LONG, offset + USED) != 1) {
            return Optional.empty();
        }
        try {
            Key key = new Key(
                    new UUID(memory.get(JAVA_LONG, offset + EPOCH_HIGH), memory.get(JAVA_LONG, offset + EPOCH_LOW)),
                    Instant.ofEpochSecond(memory.get(JAVA_LONG, offset + HOUR_SECONDS)),
                    new Place(new AppId(readText(offset + APP, 64)), readText(offset + INGRESS, 31)));
            read(new Slot(key, offset));
            return slots.containsKey(key) ? Optional.empty() : Optional.of(key);
        } catch (RuntimeException e) { // a damaged file must not keep a relay from starting
            log.atWarn()
                    .addKeyValue("offset", offset)
                    .addKeyValue("cause", e.getMessage())
                    .log("usage.count.unreadable");
            return Optional.empty();
        }
    }

    private void writeText(long offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        memory.set(JAVA_BYTE, offset, (byte) bytes.length);
        MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, offset + 1, bytes.length);
    }

    private String readText(long offset, int mostBytes) {
        byte[] bytes = new byte[Math.min(mostBytes, Byte.toUnsignedInt(memory.get(JAVA_BYTE, offset)))];
        MemorySegment.copy(memory, JAVA_BYTE, offset + 1, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
