package io.callgate.cli;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/// What this process and its JVM use at one moment. Empty where the system does not say.
///
/// @param startedAtMillis since 1970
/// @param memory by area, `heap` and `nonheap`
/// @param bufferPools bytes by pool, `direct` and `mapped`
/// @param collectionMillis spent in collections since start, pauses and concurrent work together
record ProcessFigures(
        long startedAtMillis,
        long cpuNanos,
        OptionalLong residentBytes,
        OptionalLong openFiles,
        OptionalLong openFilesLimit,
        Map<String, MemoryUsage> memory,
        Map<String, Long> bufferPools,
        long collections,
        long collectionMillis,
        int threads) {
    static ProcessFigures read() {
        OptionalLong openFiles = OptionalLong.empty();
        OptionalLong openFilesLimit = OptionalLong.empty();
        long cpuNanos = 0;
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            cpuNanos = Math.max(0, system.getProcessCpuTime());
            if (system instanceof UnixOperatingSystemMXBean unix) {
                openFiles = OptionalLong.of(unix.getOpenFileDescriptorCount());
                openFilesLimit = OptionalLong.of(unix.getMaxFileDescriptorCount());
            }
        }
        long collections = 0;
        long collectionMillis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += Math.max(0, collector.getCollectionCount());
            collectionMillis += Math.max(0, collector.getCollectionTime());
        }
        return new ProcessFigures(
                ManagementFactory.getRuntimeMXBean().getStartTime(),
                cpuNanos,
                resident(),
                openFiles,
                openFilesLimit,
                Map.of(
                        "heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage(),
                        "nonheap", ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage()),
                usedByPool(),
                collections,
                collectionMillis,
                ManagementFactory.getThreadMXBean().getThreadCount());
    }

    private static Map<String, Long> usedByPool() {
        Map<String, Long> pools = new TreeMap<>();
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (pool.getName().equals("direct") || pool.getName().equals("mapped")) {
                pools.put(pool.getName(), pool.getMemoryUsed());
            }
        }
        return pools;
    }

    private static OptionalLong resident() {
        try {
            return parseResident(Files.readAllLines(Path.of("/proc/self/status")));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    static OptionalLong parseResident(List<String> status) {
        for (String line : status) {
            if (line.startsWith("VmRSS:") && line.endsWith(" kB")) {
                return OptionalLong.of(
                        Long.parseLong(line.substring(6, line.length() - 3).trim()) * 1024);
            }
        }
        return OptionalLong.empty();
    }
}
