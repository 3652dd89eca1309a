package io.callgate.e2e;

import io.callgate.client.CloudProxy;
import io.callgate.client.Plan;
import io.callgate.client.ProxyEvents;
import io.callgate.client.failure.Failure;
import io.callgate.client.net.Trust;
import io.callgate.model.RequestedMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/// The SDK as a process of its own, which asks its own host's resolver: prints the first plan and ends with
/// 0, or why there is none and ends with 1.
final class ClientProgram {
    private ClientProgram() {}

    /// @param args entry, file with the token, file with the authority of the entries' certificates
    public static void main(String[] args) throws IOException {
        String token = Files.readString(Path.of(args[1])).strip();
        CompletableFuture<Integer> exitCode = new CompletableFuture<>();
        try (CloudProxy proxy = CloudProxy.builder(new TunnelRelay.RealTime())
                .entry(args[0])
                .uid("alice")
                .token(() -> token)
                .trust(Trust.authorities(Files.readAllBytes(Path.of(args[2]))))
                .mode(RequestedMode.STANDARD)
                .events(new ProxyEvents() {
                    @Override
                    public void onPlan(Plan plan) {
                        System.out.println("plan " + plan.path());
                        exitCode.complete(0);
                    }

                    @Override
                    public void onFailed(Failure failure) {
                        System.out.println("failed " + failure.code() + ": " + failure);
                        exitCode.complete(1);
                    }
                })
                .build()) {
            proxy.start();
            System.exit(exitCode.join());
        }
    }
}
