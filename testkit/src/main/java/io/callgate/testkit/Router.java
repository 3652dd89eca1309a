package io.callgate.testkit;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The company's firewall: joins corp, dmz and cloud, lets through what its [Firewall] says, and counts what corp
/// and cloud try to send each other, passed or not.
public final class Router {
    private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");

    private final Host host;
    private final String relayAddress;

    Router(Host host, String relayAddress) {
        this.host = host;
        this.relayAddress = relayAddress;
    }

    /// The router's own network: the company's resolver lives there.
    Host host() {
        return host;
    }

    /// Puts `firewall` in force and sets the counters to 0. As with a real firewall, what was established before
    /// stays established: a new profile is for new flows.
    public void enforce(Firewall firewall) {
        SystemCommand.run(host.commandInside(List.of("nft", "-f", "-")), rules(firewall));
    }

    /// Packets that corp and cloud sent straight to each other since the last [#enforce], dropped ones included.
    public long packetsBetweenCorpAndCloud() {
        String answer = SystemCommand.run(host.commandInside(List.of("nft", "list", "counters")));
        Matcher packets = PACKETS.matcher(answer);
        long sum = 0;
        while (packets.find()) sum += Long.parseLong(packets.group(1));
        return sum;
    }

    private String rules(Firewall firewall) {
        return """
            define relay = %s
            table inet callgate_lab
            delete table inet callgate_lab
            table inet callgate_lab {
              counter corp_to_cloud { }
              counter cloud_to_corp { }
              chain watch {
                type filter hook forward priority -10; policy accept;
                iifname corp oifname cloud counter name corp_to_cloud
                iifname cloud oifname corp counter name cloud_to_corp
              }
              chain from_corp {
                %s
              }
              chain firewall {
                type filter hook forward priority 0; policy drop;
                ct state established,related accept
                iifname dmz oifname cloud accept
                iifname cloud oifname dmz accept
                iifname corp jump from_corp
              }
            }
            """.formatted(relayAddress, firewall.rulesForCorp());
    }
}
