package io.callgate.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;

/// The picture in ARCHITECTURE.md: which package may use which.
@AnalyzeClasses(packages = "io.callgate", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule MODEL_STANDS_ALONE = noClasses()
            .that()
            .resideInAPackage("io.callgate.model..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.callgate..").and(resideOutsideOfPackage("io.callgate.model..")))
            .because("the nouns are what all modules meet in: one that knew a module would tie the others to it");

    @ArchTest
    static final ArchRule WIRE_STANDS_ALONE = noClasses()
            .that()
            .resideInAPackage("io.callgate.wire..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.callgate..").and(resideOutsideOfPackage("io.callgate.wire..")))
            .because("bytes mean the same whatever the relay is configured to do with them");

    @ArchTest
    static final ArchRule CODECS_ARE_PURE = noClasses()
            .that()
            .resideInAnyPackage("io.callgate.wire..", "io.callgate.model..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.netty..",
                    "org.slf4j..",
                    "java.sql..",
                    "java.io..",
                    "java.nio.channels..",
                    "java.nio.file..",
                    "java.util.concurrent..")
            .because("codecs and nouns must run unchanged in the relay, the SDK, fuzzers and benchmarks");

    @ArchTest
    static final ArchRule RELAY_USES_MODEL_AND_WIRE = noClasses()
            .that()
            .resideInAPackage("io.callgate.relay..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.callgate..")
                    .and(resideOutsideOfPackage("io.callgate.relay.."))
                    .and(resideOutsideOfPackage("io.callgate.model.."))
                    .and(resideOutsideOfPackage("io.callgate.wire..")))
            .because("a relay carries traffic and takes no decision beyond its desired state: it knows no one who makes"
                    + " one");

    @ArchTest
    static final ArchRule CONTROL_USES_MODEL = noClasses()
            .that()
            .resideInAPackage("io.callgate.control..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.callgate..")
                    .and(resideOutsideOfPackage("io.callgate.control.."))
                    .and(resideOutsideOfPackage("io.callgate.model..")))
            .because("relay and control meet in the model: either is replaced, upgraded and tested without the other");

    @ArchTest
    static final ArchRule A_STORE_KNOWS_NO_LEASE_AND_NO_HTTP = noClasses()
            .that()
            .resideInAPackage("io.callgate.control.store..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.callgate.control",
                    "io.callgate.control.allowlist..",
                    "io.callgate.control.lease..",
                    "io.callgate.control.rest..")
            .because("what is remembered outlives how it is asked for");

    @ArchTest
    static final ArchRule AN_ALLOWLIST_KNOWS_NO_LEASE_AND_NO_HTTP = noClasses()
            .that()
            .resideInAPackage("io.callgate.control.allowlist..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.callgate.control",
                    "io.callgate.control.lease..",
                    "io.callgate.control.rest..",
                    "io.javalin..",
                    "org.jdbi..")
            .because("what firewalls open follows from published addresses alone; leases are bound by it, not it by"
                    + " them");

    @ArchTest
    static final ArchRule A_LEASE_KNOWS_NO_HTTP = noClasses()
            .that()
            .resideInAPackage("io.callgate.control.lease..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.callgate.control", "io.callgate.control.rest..", "io.javalin..", "org.jdbi..")
            .because("who gets a lease is decided on values, whoever asks and wherever they are kept");

    @ArchTest
    static final ArchRule THE_API_DOES_NOT_KNOW_THE_CONSOLE = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.callgate.control.rest..", "io.callgate.control.lease..", "io.callgate.control.store..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.callgate.control.console..")
            .because("pages change as eyes wish; the contract stays, and whoever embeds control may leave them out");

    @ArchTest
    static final ArchRule PAGES_WRITE_NOTHING_BESIDE_THE_CONTRACT = noClasses()
            .that()
            .resideInAPackage("io.callgate.control.console..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "io.callgate.control.lease..")
            .orShould()
            .dependOnClassesThat()
            .haveSimpleName("SecretTable")
            .because("what the console does goes by the contract's operations: the same checks, the same audit");

    @ArchTest
    static final ArchRule CLIENT_USES_MODEL_AND_WIRE = noClasses()
            .that()
            .resideInAPackage("io.callgate.client..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.callgate..")
                    .and(resideOutsideOfPackage("io.callgate.client.."))
                    .and(resideOutsideOfPackage("io.callgate.model.."))
                    .and(resideOutsideOfPackage("io.callgate.wire..")))
            .because("it is embedded in apps: what it drags along, every phone downloads");

    @ArchTest
    static final ArchRule CLIENT_NEEDS_PLAIN_SOCKETS_ALONE = noClasses()
            .that()
            .resideInAPackage("io.callgate.client..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.netty..", "org.slf4j..", "java.net.http..", "java.lang.foreign..")
            .because("java.net.http leaves a SOCKS proxy aside without a word, and Android has none of these");

    @ArchTest
    static final ArchRule DOCTOR_USES_THE_CLIENT = noClasses()
            .that()
            .resideInAPackage("io.callgate.doctor..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.callgate..")
                    .and(resideOutsideOfPackage("io.callgate.doctor.."))
                    .and(resideOutsideOfPackage("io.callgate.client.."))
                    .and(resideOutsideOfPackage("io.callgate.model..")))
            .because("it tries what an app would, by the same means, and is one small jar for Java 17");

    @ArchTest
    static final ArchRule RTC_USES_THE_CLIENT = noClasses()
            .that()
            .resideInAPackage("io.callgate.rtc..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.callgate..")
                    .and(resideOutsideOfPackage("io.callgate.rtc.."))
                    .and(resideOutsideOfPackage("io.callgate.client.."))
                    .and(resideOutsideOfPackage("io.callgate.model..")))
            .because("it is embedded in apps, and knows of relay and control what any client is told: a lease");

    @ArchTest
    static final ArchRule RTC_HAS_NO_OTHER_WAY_OUT = noClasses()
            .that()
            .resideInAPackage("io.callgate.rtc..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net.http..", "io.netty..")
            .orShould()
            .callMethod(InetAddress.class, "getByName", String.class)
            .orShould()
            .callMethod(InetAddress.class, "getAllByName", String.class)
            .because("in a proxied mode not even a name may leave but through the plan's dialer; java.net.http leaves a"
                    + " SOCKS proxy aside without a word");

    @ArchTest
    static final ArchRule AN_ENGINE_KNOWS_NO_CLOUD_AND_NO_STACK = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.callgate.rtc",
                    "io.callgate.rtc.media..",
                    "io.callgate.rtc.service..",
                    "io.callgate.rtc.transport..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.callgate.rtc.janus..",
                    "io.callgate.rtc.live..",
                    "io.callgate.rtc.http..",
                    "io.callgate.rtc.webrtc..",
                    "okhttp3..",
                    "dev.onvoid..")
            .because("another cloud, or Android's WebRTC, is a package beside these and changes none of them");

    @ArchTest
    static final ArchRule THE_DECISION_IS_PURE = noClasses()
            .that()
            .resideInAPackage("io.callgate.client.mode..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "java.io..", "java.util.concurrent..", "io.callgate.client.net..")
            .because("every row of its table must be true on every machine and at any time");

    @ArchTest
    static final ArchRule CLI_SEES_THE_RELAY_FROM_OUTSIDE = noClasses()
            .that()
            .resideInAPackage("io.callgate.cli..")
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("io.callgate.relay.*..", "io.callgate.wire..", "io.callgate.testkit..")
                            .and(resideOutsideOfPackage("io.callgate.relay.link")))
            .because("the engine is embedded in other programs too: all it offers is its root package, and the link for"
                    + " those that have a control");

    @ArchTest
    static final ArchRule THE_LINK_DRIVES_THE_RELAY_FROM_OUTSIDE = noClasses()
            .that()
            .resideInAPackage("io.callgate.relay.link..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.callgate.relay.*..")
                    .and(resideOutsideOfPackages(
                            "io.callgate.relay.link..", "io.callgate.relay.passage..", "io.callgate.relay.report..")))
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("io.netty..", "java.nio.file..", "java.sql..")
            .because("control's word goes in by Relay.apply alone, and no event loop waits for it");

    @ArchTest
    static final ArchRule TESTKIT_USES_MODEL = noClasses()
            .that()
            .resideInAPackage("io.callgate.testkit..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.callgate..")
                    .and(resideOutsideOfPackage("io.callgate.testkit.."))
                    .and(resideOutsideOfPackage("io.callgate.model..")))
            .because("the tests of every module use it: an arrow back would be a cycle");

    @ArchTest
    static final ArchRule SOCKETS_KNOW_NO_PROTOCOL = noClasses()
            .that()
            .resideInAPackage("io.callgate.relay.net..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.callgate.relay..", "io.callgate.wire..")
                    .and(resideOutsideOfPackage("io.callgate.relay.net..")))
            .because(
                    "Linux's own sockets replace the portable ones behind this interface, without touching a protocol");

    @ArchTest
    static final ArchRule A_GRANT_KNOWS_NO_INGRESS = noClasses()
            .that()
            .resideInAPackage("io.callgate.relay.grant..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.callgate.relay", "io.callgate.relay.turn..", "io.callgate.relay.tunnel..")
            .because("every protocol gets the same credentials, policy and quotas, so that none is the weak one");

    @ArchTest
    static final ArchRule PROTOCOLS_DO_NOT_KNOW_EACH_OTHER = noClasses()
            .that()
            .resideInAPackage("io.callgate.relay.turn..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.callgate.relay", "io.callgate.relay.tunnel..")
            .because("a protocol is added or taken away at the root, and nowhere else")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule TUNNELS_DO_NOT_KNOW_TURN = noClasses()
            .that()
            .resideInAPackage("io.callgate.relay.tunnel..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.callgate.relay", "io.callgate.relay.turn..")
            .because("a CONNECT to an own listener re-enters through the root's demux, never straight into TURN")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule NO_CYCLES = slices().matching("io.callgate.(**)")
            .should()
            .beFreeOfCycles()
            .because("what needs each other is one package");

    @ArchTest
    static final ArchRule ONLY_EXECUTABLES_READ_CLOCKS_AND_ENVIRONMENT = noClasses()
            .that()
            .resideOutsideOfPackages("io.callgate.cli..", "io.callgate.testkit..")
            .and()
            .haveNameNotMatching("io\\.callgate\\.doctor\\.Main(\\$.*)?")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .because("time is a parameter: tests turn it, and one process may hold many relays; testkit drives real"
                    + " processes in real time");

    @ArchTest
    static final ArchRule ONLY_ONE_CLASS_READS_CLOCKS = noClasses()
            .that()
            .resideInAPackage("io.callgate.cli..")
            .and()
            .doNotHaveFullyQualifiedName("io.callgate.cli.SystemTime")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Instant.class, "now")
            .because("commands are tested with a clock that stands");

    @ArchTest
    static final ArchRule S10_SECRETS_ARE_COMPARED_IN_CONSTANT_TIME = noClasses()
            .that()
            .resideInAnyPackage("io.callgate.relay.grant..", "io.callgate.control..")
            .or()
            .haveSimpleName("Secret")
            .or()
            .haveSimpleName("Integrity")
            .should()
            .callMethod(Arrays.class, "equals", byte[].class, byte[].class)
            .orShould()
            .callMethod(Arrays.class, "equals", byte[].class, int.class, int.class, byte[].class, int.class, int.class)
            .because("a comparison that ends at the first wrong byte tells how many were right; MessageDigest.isEqual"
                    + " does not");
}
