package io.callgate.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `pool`: named sets of relay addresses, over control's API.
@Command(
        name = "pool",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Pools: the addresses that relays stand at, and that firewalls open.",
        footer = {"", "Where control is: --data DIR on its machine, else --control URL."})
final class PoolCommand {
    private static final String POOLS = "/v1/pools";

    private final Terminal terminal;

    PoolCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "All pools.")
    int list(@Mixin ApiOptions api) {
        return api.printAll(
                terminal, POOLS, Table.of("POOL", "KIND", "OWNER", "NOTICE DAYS", "CREATED"), pool -> new Object[] {
                    AppText.text(pool, "id"),
                    AppText.text(pool, "kind"),
                    AppText.text(pool, "owner"),
                    AppText.text(pool, "noticeDays"),
                    AppText.text(pool, "createdAt")
                });
    }

    @Command(name = "create", mixinStandardHelpOptions = true, description = "An empty pool.")
    int create(
            @Parameters(paramLabel = "POOL") String pool,
            @Option(
                            names = "--kind",
                            paramLabel = "K",
                            defaultValue = "production",
                            description = "production or trial (default: production).")
                    String kind,
            @Option(names = "--owner", paramLabel = "APP", description = "The only app that may use it.") @Nullable
                    String owner,
            @Option(
                            names = "--notice-days",
                            paramLabel = "N",
                            defaultValue = "30",
                            description = "How long new addresses are announced once it is in use (default: 30).")
                    int noticeDays,
            @Mixin ApiOptions api) {
        ObjectNode request =
                JsonOutput.object().put("id", pool).put("kind", kind).put("noticeDays", noticeDays);
        if (owner != null) {
            request.put("owner", owner);
        }
        return api.print(
                terminal, control -> control.post(POOLS, request), made -> terminal.data("created pool " + pool));
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Only when no app, relay or address is left in it.")
    int remove(@Parameters(paramLabel = "POOL") String pool, @Mixin ApiOptions api) {
        return api.print(
                terminal,
                control -> {
                    control.delete(path(pool));
                    return JsonOutput.object().put("removed", pool);
                },
                done -> terminal.data("removed pool " + pool));
    }

    @Command(name = "addresses", mixinStandardHelpOptions = true, description = "What firewalls open for a pool.")
    int addresses(@Parameters(paramLabel = "POOL") String pool, @Mixin ApiOptions api) {
        return api.printAll(
                terminal,
                path(pool) + "/addresses",
                Table.of("ADDRESS", "PORTS", "TRANSPORTS", "REGION", "VALID FROM", "VALID UNTIL", "PURPOSE", "ID"),
                address -> new Object[] {
                    AppText.text(address, "cidr"),
                    AppText.text(address, "ports"),
                    AppText.list(address, "transports"),
                    AppText.text(address, "region"),
                    AppText.text(address, "validFrom"),
                    AppText.text(address, "validUntil"),
                    AppText.text(address, "purpose"),
                    AppText.text(address, "id")
                });
    }

    @Command(
            name = "publish",
            mixinStandardHelpOptions = true,
            description = "Adds an address, so that firewalls open it before a relay stands there.")
    int publish(
            @Parameters(paramLabel = "POOL") String pool,
            @Parameters(paramLabel = "CIDR") String cidr,
            @Option(names = "--ports", paramLabel = "P", defaultValue = "443", description = "443 or 4500-4650.")
                    String ports,
            @Option(
                            names = "--transports",
                            paramLabel = "T",
                            split = ",",
                            defaultValue = "udp,tcp,tls",
                            description = "Of udp, tcp, tls, https, quic (default: udp,tcp,tls).")
                    List<String> transports,
            @Option(names = "--region", required = true, paramLabel = "R", description = "Where it is.") String region,
            @Option(names = "--domain", paramLabel = "NAME", description = "A name that leads there.") @Nullable
                    String domain,
            @Option(
                            names = "--purpose",
                            paramLabel = "TEXT",
                            defaultValue = "relay",
                            description = "For the firewall's administrator (default: relay).")
                    String purpose,
            @Option(
                            names = "--valid-from",
                            paramLabel = "TIME",
                            description = "2026-12-24T00:00:00Z (default: after the notice).")
                    @Nullable
                    String validFrom,
            @Mixin EndOptions end,
            @Mixin ApiOptions api) {
        ObjectNode request =
                JsonOutput.object().put("cidr", cidr).put("ports", ports).put("region", region);
        ArrayNode list = request.putArray("transports");
        transports.forEach(list::add);
        request.put("purpose", purpose);
        if (domain != null) {
            request.put("domain", domain);
        }
        if (validFrom != null) {
            request.put("validFrom", validFrom);
        }
        end.addTo(request);
        return api.print(
                terminal,
                control -> control.post(path(pool) + "/addresses", request),
                address -> terminal.data("published " + AppText.text(address, "cidr") + " port "
                        + AppText.text(address, "ports") + " from " + AppText.text(address, "validFrom") + " on: "
                        + AppText.text(address, "id")));
    }

    @Command(
            name = "change",
            mixinStandardHelpOptions = true,
            description = "Changes how long its new addresses are announced.")
    int change(
            @Parameters(paramLabel = "POOL") String pool,
            @Option(names = "--notice-days", required = true, paramLabel = "N") int noticeDays,
            @Mixin ApiOptions api) {
        return api.print(
                terminal,
                control -> control.patch(path(pool), JsonOutput.object().put("noticeDays", noticeDays)),
                changed -> terminal.data("new addresses of pool " + pool + " are announced "
                        + AppText.text(changed, "noticeDays") + " days ahead"));
    }

    @Command(
            name = "withdraw",
            mixinStandardHelpOptions = true,
            description = "Ends an address, after the pool's notice if clients may be there.")
    int withdraw(
            @Parameters(paramLabel = "POOL") String pool,
            @Parameters(paramLabel = "ADDRESS", description = "Its id, as addresses prints it.") String address,
            @Mixin EndOptions end,
            @Mixin ApiOptions api) {
        ObjectNode request = JsonOutput.object();
        end.addTo(request);
        return api.print(
                terminal,
                control -> control.post(path(pool) + "/addresses/" + ControlApi.part(address) + "/withdraw", request),
                ended -> terminal.data(
                        "address " + AppText.text(ended, "cidr") + " ends " + AppText.text(ended, "validUntil")));
    }

    @Command(
            name = "forget",
            mixinStandardHelpOptions = true,
            description = "Removes an address that has ended, or that no client was led to.")
    int forget(
            @Parameters(paramLabel = "POOL") String pool,
            @Parameters(paramLabel = "ADDRESS", description = "Its id, as addresses prints it.") String address,
            @Mixin ApiOptions api) {
        return api.print(
                terminal,
                control -> {
                    control.delete(path(pool) + "/addresses/" + ControlApi.part(address));
                    return JsonOutput.object().put("removed", address);
                },
                done -> terminal.data("removed address " + address));
    }

    /// How long an address is good for, and why there is no notice.
    static final class EndOptions {
        @Option(
                names = "--valid-until",
                paramLabel = "TIME",
                description = "When it ends, as 2026-12-24T00:00:00Z. Published, it has no end otherwise; withdrawn, it"
                        + " ends after the notice.")
        private @Nullable String validUntil;

        @Option(
                names = "--emergency",
                paramLabel = "WHY",
                description = "There is no time for the notice; the audit has why.")
        private @Nullable String emergency;

        void addTo(ObjectNode request) {
            if (validUntil != null) {
                request.put("validUntil", validUntil);
            }
            if (emergency != null) {
                request.put("emergency", emergency);
            }
        }
    }

    private static String path(String pool) {
        return POOLS + "/" + ControlApi.part(pool);
    }
}
