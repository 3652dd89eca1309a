package io.callgate.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// One machine of the laboratory: a network namespace with its own address, its own resolv.conf and nothing else.
public final class Host {
    private final String name;
    private final String namespace;
    private final String address;
    private final Path logs;
    private final NamespaceThread thread;
    private final List<LabProcess> processes = new ArrayList<>();

    Host(String name, String namespace, String address, Path logs) {
        this.name = name;
        this.namespace = namespace;
        this.address = address;
        this.logs = logs;
        this.thread = new NamespaceThread(namespace);
    }

    public String name() {
        return name;
    }

    /// The name that `ip netns` knows it by.
    public String namespace() {
        return namespace;
    }

    /// Its IPv4 address, as a literal.
    public String address() {
        return address;
    }

    /// Runs `work` in this host's network: the sockets it opens are this host's, whoever uses them later. Keep it
    /// short (open, bind); all calls of one host share a thread.
    public <T> T inside(Callable<T> work) {
        return thread.call(work);
    }

    /// Starts a process in this host's network.
    ///
    /// @param label names its log file, `HOST-LABEL.log`; a second process with the same label overwrites the log
    public LabProcess start(String label, List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(commandInside(command));
        builder.environment().put("PATH", SystemCommand.PATH);
        builder.environment().putAll(environment);
        LabProcess process = LabProcess.start(name + " " + label, builder, logs.resolve(name + "-" + label + ".log"));
        processes.add(process);
        return process;
    }

    /// The command that runs `command` in this host's network. `ip` becomes the command itself, so the process id
    /// stays.
    public List<String> commandInside(List<String> command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        whole.addAll(command);
        return whole;
    }

    void close() {
        processes.forEach(LabProcess::close);
        thread.close();
    }
}
