package io.callgate.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A laboratory of network namespaces, without any way to the machine's own network:
///
/// ```
/// corp 10.x.1.10 ─── router (firewall, counters) ─┬─ dmz   10.x.2.10   the relay
///                                                 ├─ cloud 10.x.3.10   the RTC cloud
///                                                 └─ more  10.x.4.10 … as asked for: relays, controls
/// ```
///
/// Several can stand side by side: all names carry the id of this process and a number. All of it ends with
/// [#close], or with this process; what a killed process left behind is swept when the next laboratory is made.
public final class NetLab implements AutoCloseable {
    private static final Path NAMESPACES = Path.of("/run/netns");
    private static final Path RESOLVERS = Path.of("/etc/netns"); // ip-netns(8): files here replace those in /etc
    private static final Pattern OURS = Pattern.compile("cglab-(\\d+)-\\d+-[a-z0-9]+");
    private static final AtomicInteger MADE = new AtomicInteger();

    private final String prefix;
    private final Path logs;
    private final List<Host> hosts =
            new ArrayList<>(); // grows while the laboratory is made, so that a half can end too
    private final Host corp;
    private final Host dmz;
    private final Host cloud;
    private final Router router;
    private final Thread atExit = new Thread(this::demolish, "ending a laboratory");
    private @Nullable CompanyResolver resolver;
    private @Nullable ImpairedLine line;

    /// Seeds the lines of user space: who tries again meets other chances, and the next run the same ones.
    private long linesMade;

    private NetLab(int number, Path logs, List<String> more) {
        this.prefix = namespaceOf(number, "");
        this.logs = logs;
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            String network = "10." + (1 + number % 200) + ".";
            List<String> names = new ArrayList<>(List.of("corp", "dmz", "cloud"));
            names.addAll(more);
            addNamespaces(names);
            connect(names, network);
            corp = host("corp", network + "1.10");
            dmz = host("dmz", network + "2.10");
            cloud = host("cloud", network + "3.10");
            for (String name : more) host(name, network + (names.indexOf(name) + 1) + ".10");
            router = new Router(host("router", network + "1.1"), dmz);
            router.enforce(Firewall.CLOSED);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Why this machine cannot have a laboratory; empty if it can.
    public static Optional<String> obstacle() {
        if (!System.getProperty("os.name").equals("Linux")) return Optional.of("network namespaces need Linux");
        for (String program : List.of("ip", "nft")) {
            if (SystemCommand.find(program).isEmpty()) return Optional.of("there is no program " + program);
        }
        String trial = namespaceOf(MADE.getAndIncrement(), "trial");
        try {
            SystemCommand.run(List.of("ip", "netns", "add", trial));
            SystemCommand.run(List.of("ip", "netns", "exec", trial, "nft", "add", "table", "inet", "trial"));
            return Optional.empty();
        } catch (LabException e) {
            return Optional.of("it takes root and the right to make network namespaces (" + e.getMessage() + ")");
        } finally {
            if (Files.exists(NAMESPACES.resolve(trial))) SystemCommand.run(List.of("ip", "netns", "del", trial));
        }
    }

    /// @param logs an existing folder for the logs of the processes started in the laboratory
    /// @throws LabException if it cannot be made; nothing of it is left then
    public static NetLab create(Path logs) {
        return create(logs, List.of());
    }

    /// A laboratory with more machines outside of corp. They, dmz and cloud reach each other whatever the firewall
    /// says; it guards corp alone.
    ///
    /// @param more their names: lower-case letters and digits, at most 15, none twice
    /// @throws LabException if it cannot be made; nothing of it is left then
    public static NetLab create(Path logs, List<String> more) {
        sweep();
        return new NetLab(MADE.getAndIncrement(), logs, more);
    }

    public Host corp() {
        return corp;
    }

    public Host dmz() {
        return dmz;
    }

    public Host cloud() {
        return cloud;
    }

    /// One of the machines that were asked for beside corp, dmz and cloud.
    public Host host(String name) {
        return hosts.stream()
                .filter(host -> host.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no host " + name + " among " + hosts));
    }

    public Router router() {
        return router;
    }

    /// Lays a cable of their own between two hosts, past the router: `eth1` of each. One for a laboratory.
    ///
    /// @return the addresses of its ends, as literals, in the order of the hosts
    public List<String> cable(Host one, Host other) {
        String subnet = one.address().replaceFirst("\\.\\d+\\.\\d+$", ".250.");
        SystemCommand.run(
                List.of("ip", "-n", one.namespace(), "-batch", "-"), """
                    link add eth1 type veth peer name eth1 netns %1$s
                    addr add %2$s1/24 dev eth1
                    link set eth1 up
                    """.formatted(other.namespace(), subnet));
        SystemCommand.run(List.of("ip", "-n", other.namespace(), "-batch", "-"), """
            addr add %s2/24 dev eth1
            link set eth1 up
            """.formatted(subnet));
        return List.of(subnet + 1, subnet + 2);
    }

    /// The machine on which the company's own servers run, such as its HTTP proxy: corp reaches it, and it reaches
    /// dmz and cloud, whatever the firewall says of corp.
    public Host company() {
        return router.host();
    }

    /// Makes the line between corp and everything else as bad as `impairment` says, both ways, until the next
    /// call.
    ///
    /// @return what makes it so, for a person to read
    /// @throws LabException if neither the kernel nor user space can
    public String impair(Impairment impairment) {
        if (line != null) line.close();
        line = null;
        if (impairment.equals(Impairment.NONE)) return "nothing";
        if (NetemLine.isThere(router.host())) line = new NetemLine(corp, router.host(), impairment);
        else if (TunDevice.isPossible()) line = new TunLine(corp, router.host(), impairment, ++linesMade);
        else throw new LabException("the kernel has no netem, and /dev/net/tun cannot be opened");
        return line.madeBy();
    }

    /// Gives corp a resolver that knows these names only (IPv4 literals by lower-case name). For processes started
    /// from now on.
    public void dnsOn(Map<String, String> addressesByName) {
        dnsOff();
        resolver = new CompanyResolver(router.host(), addressesByName);
        write(
                RESOLVERS.resolve(corp.namespace()).resolve("resolv.conf"),
                "nameserver " + router.host().address() + "\noptions timeout:1 attempts:2\n");
    }

    /// Leaves corp without any resolver, as it is at first.
    public void dnsOff() {
        if (resolver != null) resolver.close();
        resolver = null;
        write(RESOLVERS.resolve(corp.namespace()).resolve("resolv.conf"), "# no resolver\n");
    }

    /// Ends every process of the laboratory, by id, and takes its networks away. A second call does nothing.
    @Override
    public void close() {
        demolish();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // this process is ending, and the hook does the same
        }
    }

    private synchronized void demolish() {
        if (line != null) line.close();
        line = null;
        if (resolver != null) resolver.close();
        resolver = null;
        hosts.forEach(Host::close);
        namesOf(NAMESPACES).stream().filter(name -> name.startsWith(prefix)).forEach(NetLab::removeNamespace);
        namesOf(RESOLVERS).stream().filter(name -> name.startsWith(prefix)).forEach(NetLab::removeResolver);
    }

    private Host host(String name, String address) {
        Host host = new Host(name, prefix + name, address, logs);
        hosts.add(host);
        return host;
    }

    private void addNamespaces(List<String> names) {
        List<String> all = new ArrayList<>(names);
        all.add("router");
        StringBuilder add = new StringBuilder();
        for (String name : all) {
            add.append("netns add ").append(prefix).append(name).append('\n');
            Path folder = RESOLVERS.resolve(prefix + name);
            try {
                Files.createDirectories(folder);
            } catch (IOException e) {
                throw new LabException("cannot make " + folder, e);
            }
            write(folder.resolve("resolv.conf"), "# no resolver\n");
        }
        SystemCommand.run(List.of("ip", "-batch", "-"), add.toString());
    }

    private void connect(List<String> names, String network) {
        String router = prefix + "router";
        StringBuilder onRouter = new StringBuilder("link set lo up\n");
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            String subnet = network + (i + 1);
            onRouter.append("link add %s type veth peer name eth0 netns %s%s\n".formatted(name, prefix, name))
                    .append("addr add %s.1/24 dev %s\n".formatted(subnet, name))
                    .append("link set %s up\n".formatted(name));
        }
        SystemCommand.run(List.of("ip", "-n", router, "-batch", "-"), onRouter.toString());
        SystemCommand.run(List.of("ip", "netns", "exec", router, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"));
        for (int i = 0; i < names.size(); i++) {
            String subnet = network + (i + 1);
            SystemCommand.run(List.of("ip", "-n", prefix + names.get(i), "-batch", "-"), """
                link set lo up
                addr add %1$s.10/24 dev eth0
                link set eth0 up
                route add default via %1$s.1
                """.formatted(subnet));
        }
    }

    private static String namespaceOf(int number, String name) {
        return "cglab-" + ProcessHandle.current().pid() + "-" + number + "-" + name;
    }

    /// Takes away what processes that no longer live have left behind.
    private static void sweep() {
        namesOf(NAMESPACES).stream().filter(NetLab::isStale).forEach(NetLab::removeNamespace);
        namesOf(RESOLVERS).stream().filter(NetLab::isStale).forEach(NetLab::removeResolver);
    }

    private static boolean isStale(String name) {
        Matcher ours = OURS.matcher(name);
        return ours.matches() && ProcessHandle.of(Long.parseLong(ours.group(1))).isEmpty();
    }

    /// Every process in a namespace of ours is ours: a browser's many children are found this way.
    private static void removeNamespace(String namespace) {
        SystemCommand.run(List.of("ip", "netns", "pids", namespace))
                .lines()
                .map(pid -> ProcessHandle.of(Long.parseLong(pid.strip())))
                .flatMap(Optional::stream)
                .forEach(ProcessHandle::destroyForcibly);
        SystemCommand.run(List.of("ip", "netns", "del", namespace));
    }

    private static void removeResolver(String namespace) {
        Path folder = RESOLVERS.resolve(namespace);
        try {
            Files.deleteIfExists(folder.resolve("resolv.conf"));
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new LabException("cannot remove " + folder, e);
        }
    }

    private static List<String> namesOf(Path folder) {
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new LabException("cannot list " + folder, e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text); // in place: running processes have this very file mounted
        } catch (IOException e) {
            throw new LabException("cannot write " + file, e);
        }
    }
}
