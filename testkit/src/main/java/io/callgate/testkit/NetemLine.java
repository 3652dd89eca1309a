package io.callgate.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A bad line made by the kernel's own netem, at both ends of the cable, where the kernel has it.
final class NetemLine implements ImpairedLine {
    private static final int PACKET_BYTES = 1500;
    private static final int PACKETS_WITHOUT_A_RATE = 10_000;

    private final Host corp;
    private final Host router;

    NetemLine(Host corp, Host router, Impairment impairment) {
        this.corp = corp;
        this.router = router;
        add(corp, "eth0", impairment);
        add(router, "corp", impairment);
    }

    static boolean isThere(Host host) {
        try {
            SystemCommand.run(tc(host, "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms"));
            SystemCommand.run(tc(host, "qdisc", "del", "dev", "lo", "root"));
            return true;
        } catch (LabException e) {
            return false; // "Specified qdisc kind is unknown": a kernel without it
        }
    }

    @Override
    public String madeBy() {
        return "the kernel's netem";
    }

    @Override
    public void close() {
        SystemCommand.run(tc(corp, "qdisc", "del", "dev", "eth0", "root"));
        SystemCommand.run(tc(router, "qdisc", "del", "dev", "corp", "root"));
    }

    /// tc-netem(8).
    static List<String> netem(Impairment impairment) {
        List<String> words = new ArrayList<>(List.of("netem", "limit", Integer.toString(limitPackets(impairment))));
        words.addAll(List.of("delay", micros(impairment.delay())));
        if (!impairment.jitter().isZero()) words.add(micros(impairment.jitter()));
        if (impairment.lossPercent() > 0)
            words.addAll(List.of("loss", String.format(Locale.ROOT, "%.4f%%", impairment.lossPercent())));
        if (impairment.kbitPerSecond() > 0) words.addAll(List.of("rate", impairment.kbitPerSecond() + "kbit"));
        return words;
    }

    private static void add(Host host, String device, Impairment impairment) {
        List<String> command = tc(host, "qdisc", "add", "dev", device, "root", "handle", "1:");
        command.addAll(netem(impairment));
        SystemCommand.run(command);
        // netem reorders what jitter makes overtake, unless a plain queue stands in the place of its own.
        SystemCommand.run(tc(
                host,
                "qdisc",
                "add",
                "dev",
                device,
                "parent",
                "1:1",
                "handle",
                "10:",
                "pfifo",
                "limit",
                Integer.toString(limitPackets(impairment))));
    }

    /// netem counts packets where we mean time: those on their way and those that wait for their turn.
    private static int limitPackets(Impairment impairment) {
        if (impairment.kbitPerSecond() == 0) return PACKETS_WITHOUT_A_RATE;
        Duration inside = impairment.delay().plus(impairment.jitter()).plus(Impairment.QUEUE);
        return (int) Math.max(20, inside.toMillis() * impairment.kbitPerSecond() / 8 / PACKET_BYTES);
    }

    private static String micros(Duration duration) {
        return duration.toNanos() / 1_000 + "us";
    }

    private static List<String> tc(Host host, String... words) {
        List<String> command = new ArrayList<>(List.of("tc"));
        command.addAll(List.of(words));
        return new ArrayList<>(host.commandInside(command));
    }
}
