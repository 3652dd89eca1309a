package io.callgate.bench.control;

import io.callgate.model.AppId;
import io.callgate.model.AppToken;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Measures control: leases at a rate, a request that does nothing at the same rate for comparison, and the
/// heartbeats of a fleet. Prints a table for RESULTS.md.
public final class ControlLoad {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int HEARTBEAT_SECONDS = 5;
    private static final int PATH_NOT_FOUND = 404;
    private static final int FEW = 10;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, Integer> unwanted = new ConcurrentHashMap<>();
    private final Caller caller;
    private final ProcessHandle control;
    private final URI base;
    private final String operator;

    private ControlLoad(ProcessHandle control, int port, String operator) {
        this.control = control;
        this.caller = new Caller(port);
        this.base = URI.create("http://127.0.0.1:" + port);
        this.operator = operator;
    }

    /// @param args leases a second, relays, seconds of each measurement
    public static void main(String[] args) throws Exception {
        int leases = Integer.parseInt(args[0]);
        int relays = Integer.parseInt(args[1]);
        Duration length = Duration.ofSeconds(Long.parseLong(args[2]));
        Path folder = Files.createTempDirectory("callgate-bench");
        Process process = new ProcessBuilder(command(folder))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = process.inputReader()) {
            String[] told = String.valueOf(out.readLine()).split(" ", -1);
            new ControlLoad(process.toHandle(), Integer.parseInt(told[0]), told[1]).measure(leases, relays, length);
        } finally {
            process.outputWriter().close(); // its end
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            delete(folder);
        }
    }

    /// @return how control is started, with what `CONTROL_JAVA_OPTS` adds: a recording, say
    private static List<String> command(Path folder) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=20",
                "-XX:+UseCompactObjectHeaders"));
        Stream.of(System.getenv().getOrDefault("CONTROL_JAVA_OPTS", "").split(" ", -1))
                .filter(option -> !option.isEmpty())
                .forEach(command::add);
        command.add(ControlUnderLoad.class.getName());
        command.add(folder.toString());
        return command;
    }

    private void measure(int leases, int relays, Duration length) throws IOException, InterruptedException {
        operate("/v1/pools", "{\"id\": \"main\", \"kind\": \"production\", \"noticeDays\": 0}");
        operate(
                "/v1/apps",
                "{\"id\": \"demo\", \"contact\": \"bench\", \"pools\": [\"main\"],"
                        + " \"quota\": {\"sessions\": 1000000}}");
        operate("/v1/apps/demo/activate", "");
        String secret = operate("/v1/apps/demo/token-secrets", "").get("secret").asString();
        List<String> keys = new ArrayList<>();
        for (int relay = 0; relay < FEW; relay++) {
            keys.add(join(relay));
        }
        Instant tokensUntil = Instant.now().plus(Duration.ofHours(1));
        List<String> tokens = Stream.iterate(0, n -> n < leases, n -> n + 1)
                .map(n -> AppToken.mint(Secret.of(secret), new AppId("demo"), new Subject("user-" + n), tokensUntil))
                .toList();

        beatAll(keys, 1);
        whileBeating(keys, WARM_UP, 2, () -> OpenLoop.run(leases / 2, WARM_UP, n -> lease(tokens, n)));
        OpenLoop.run(leases, WARM_UP, n -> nothing());
        unwanted.clear();
        System.out.println("| | asked | failed | a second | p50, ms | p99, ms | most, ms | CPU of control, ms each"
                + " | CPU of the load, ms each | cores busy by both |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|");
        report("a request that does nothing: a path that is none", () -> OpenLoop.run(leases, length, n -> nothing()));
        beatAll(keys, 9);
        report(
                "leases, while " + FEW + " relays report",
                () -> whileBeating(keys, length, 10, () -> OpenLoop.run(leases, length, n -> lease(tokens, n))));
        for (int relay = FEW; relay < relays; relay++) {
            keys.add(join(relay));
        }
        beatAll(keys, 500); // above what the first ten have told
        report(
                "leases, while " + relays + " relays report",
                () -> whileBeating(keys, length, 1_000, () -> OpenLoop.run(leases, length, n -> lease(tokens, n))));
        OpenLoop.run(relays / HEARTBEAT_SECONDS, WARM_UP, n -> beat(keys, n, 10_000));
        report(
                "heartbeats of %d relays, one each %d s".formatted(relays, HEARTBEAT_SECONDS),
                () -> OpenLoop.run(relays / HEARTBEAT_SECONDS, length, n -> beat(keys, n, 1_000_000)));
    }

    private interface Measurement {
        OpenLoop.Result run();
    }

    /// All CPU of a measurement is put on what was measured, the heartbeats beside it too.
    private void report(String what, Measurement measurement) {
        Duration before = cpu(control);
        Duration loadBefore = cpu(ProcessHandle.current());
        long began = System.nanoTime();
        OpenLoop.Result result = measurement.run();
        double millis = cpu(control).minus(before).toMillis();
        double loadMillis = cpu(ProcessHandle.current()).minus(loadBefore).toMillis();
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.println(result.row(what)
                + " %.2f | %.2f | %.2f |"
                        .formatted(
                                millis / result.asked(),
                                loadMillis / result.asked(),
                                (millis + loadMillis) / 1_000 / seconds));
        if (!unwanted.isEmpty()) {
            System.err.println("answered otherwise: " + unwanted);
            unwanted.clear();
        }
    }

    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    // ------------------------------------------------------------------------------------------------ what is asked

    private CompletableFuture<Boolean> lease(List<String> tokens, int n) {
        int user = n % tokens.size();
        return ask("/v1/leases", tokens.get(user), "{\"uid\": \"user-" + user + "\"}", 200);
    }

    /// Through the same server and client, but neither proof nor database.
    private CompletableFuture<Boolean> nothing() {
        return ask("/v1/nothing", "", "{\"uid\": \"user\"}", PATH_NOT_FOUND);
    }

    private CompletableFuture<Boolean> beat(List<String> keys, int n, int first) {
        int sequence = first + n / keys.size();
        return ask(
                "/link/heartbeat",
                keys.get(n % keys.size()),
                """
                {"epoch": "bench", "sequence": %d, "loadPercent": %d, "stateVersion": 1000000, "apps": [{"app": "demo",
                 "sessions": 20, "peakSessions": 20, "wantedSessions": 20, "kbitPerSecond": 1000,
                 "wantedKbitPerSecond": 1000}], "usage": [{"epoch": "bench", "hour": "%s", "app": "demo",
                 "ingress": "turn_udp", "bytesToPeer": %d, "bytesToClient": %d, "sessions": 20, "sessionSeconds": %d}]}
                """.formatted(sequence, n % 100, hour(), sequence * 1000L, sequence * 1000L, sequence),
                200);
    }

    private void beatAll(List<String> keys, int sequence) {
        CompletableFuture.allOf(IntStream.range(0, keys.size())
                        .mapToObj(relay -> beat(keys, relay, sequence))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    /// Relays are alive for as long as they report.
    private OpenLoop.Result whileBeating(List<String> keys, Duration length, int first, Measurement measurement) {
        int perSecond = keys.size() / HEARTBEAT_SECONDS;
        // A thread of its own: the common pool, of one thread on two cores, is where answers to the client arrive.
        Executor ownThread = work -> Thread.ofPlatform().name("beats").start(work);
        CompletableFuture<OpenLoop.Result> beats = CompletableFuture.supplyAsync(
                () -> OpenLoop.run(perSecond, length, n -> beat(keys, n, first)), ownThread);
        OpenLoop.Result result = measurement.run();
        beats.join();
        return result;
    }

    private static String hour() {
        return Instant.ofEpochSecond(Instant.now().getEpochSecond() / 3600 * 3600)
                .toString();
    }

    private String join(int relay) throws IOException, InterruptedException {
        String address = "203.0.%d.%d".formatted(113 + relay / 250, 1 + relay % 250);
        operate("/v1/pools/main/addresses", """
            {"cidr": "%s", "ports": "443", "transports": ["udp", "tcp"], "region": "eu", "purpose": "bench"}
            """.formatted(address));
        String token = operate("/v1/join-tokens", "{\"pool\": \"main\", \"region\": \"eu\"}")
                .get("joinToken")
                .asString();
        return operate("/link/join", """
            {"joinToken": "%s", "name": "r%d", "endpoints": [{"address": "%s", "port": 443,
             "transports": ["udp", "tcp"]}]}\
            """.formatted(token, relay, address))
                .get("relayKey")
                .asString();
    }

    private CompletableFuture<Boolean> ask(String path, String bearer, String body, int wanted) {
        return caller.post(path, bearer, body).thenApply(status -> {
            if (status != wanted) {
                unwanted.merge(path + " " + status, 1, Integer::sum);
            }
            return status == wanted;
        });
    }

    private JsonNode operate(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = request(path, operator, body);
        HttpResponse<String> response;
        try {
            response = client.send(request, BodyHandlers.ofString());
        } catch (IOException e) { // a connection of the pool that control had closed for idleness
            response = client.send(request, BodyHandlers.ofString());
        }
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException(path + " answers " + response.statusCode() + " " + response.body());
        }
        return MAPPER.readTree(response.body());
    }

    private HttpRequest request(String path, String bearer, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(30));
        if (!bearer.isEmpty()) {
            request.header("Authorization", "Bearer " + bearer);
        }
        return body.isEmpty()
                ? request.POST(BodyPublishers.noBody()).build()
                : request.header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
