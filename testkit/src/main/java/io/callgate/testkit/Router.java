package io.callgate.testkit;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The company's firewall: joins corp, dmz and cloud, lets through what its [Firewall] says, and counts what corp
/// and cloud try to send each other, passed or not.
public final class Router {
    private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");

    private final Host host;
    private final Host relay;

    Router(Host host, Host relay) {
        this.host = host;
        this.relay = relay;
    }

    /// The router's own network: the company's resolver lives there.
    Host host() {
        return host;
    }

    /// Puts `firewall` in force, sets the counters to 0 and heals what was cut. As with a real firewall, what was
    /// established before stays established: a new profile is for new flows.
    public void enforce(Firewall firewall) {
        enforce(firewall, List.of(relay));
    }

    /// As above, with these in dmz's place as what an administrator has opened.
    public void enforce(Firewall firewall, List<Host> relays) {
        enforce(firewall.inspection(), firewall.rulesForCorp(), relays);
    }

    /// As above, for an allowlist of one's own: corp reaches these ports of dmz and nothing else.
    ///
    /// @param doors each a protocol and ports: `udp 4500-4650`
    public void enforce(List<String> doors) {
        String rules = doors.stream()
                .map(door -> door.split(" ", 2))
                .map(door -> "ip daddr $relay %s dport { %s } accept\n".formatted(door[0], door[1]))
                .collect(Collectors.joining());
        enforce("", rules, List.of(relay));
    }

    private void enforce(String inspection, String rulesForCorp, List<Host> relays) {
        SystemCommand.run(host.commandInside(List.of("nft", "-f", "-")), rules(inspection, rulesForCorp, relays));
    }

    /// Makes a host a silent black hole: nothing from it or to it passes, flows of old included. Until [#heal] or
    /// [#enforce].
    public void cut(Host silenced) {
        SystemCommand.run(nft("add element inet callgate_lab cut { " + silenced.address() + " }"));
    }

    public void heal(Host silenced) {
        SystemCommand.run(nft("delete element inet callgate_lab cut { " + silenced.address() + " }"));
    }

    /// Packets that corp and cloud sent straight to each other since the last [#enforce], dropped ones included.
    public long packetsBetweenCorpAndCloud() {
        String answer = SystemCommand.run(nft("list counters"));
        Matcher packets = PACKETS.matcher(answer);
        long sum = 0;
        while (packets.find()) sum += Long.parseLong(packets.group(1));
        return sum;
    }

    private List<String> nft(String command) {
        return host.commandInside(List.of("nft", command));
    }

    private static String rules(String inspection, String rulesForCorp, List<Host> relays) {
        return """
            define relay = { %s }
            table inet callgate_lab
            delete table inet callgate_lab
            table inet callgate_lab {
              counter corp_to_cloud { }
              counter cloud_to_corp { }
              chain watch {
                type filter hook forward priority -10; policy accept;
                iifname "corp*" oifname cloud counter name corp_to_cloud
                iifname cloud oifname "corp*" counter name cloud_to_corp
              }
              set cut { type ipv4_addr; }
              # @ih is the payload; a rule that looks past the end of a packet does not match it. So the second rule
              # needs two bytes, the third one.
              chain tls_first {
                ct mark 0x1603 return
                @ih,0,16 0x1603 ct mark set 0x1603 return
                @ih,0,8 & 0x00 == 0x00 drop
              }
              chain inspect {
                %s
              }
              chain from_corp {
                %s
              }
              chain firewall {
                type filter hook forward priority 0; policy drop;
                ip saddr @cut drop
                ip daddr @cut drop
                iifname "corp*" jump inspect
                ct state established,related accept
                iifname "corp*" jump from_corp
                oifname "corp*" drop
                iifname != "corp*" accept
              }
            }
            """.formatted(
                        relays.stream().map(Host::address).collect(Collectors.joining(", ")), inspection, rulesForCorp);
    }
}
