package io.callgate.testkit;

import io.callgate.model.Secret;
import io.callgate.model.TlsIdentity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Self-signed identities for 127.0.0.1, ::1 and localhost, made by the JDK's `keytool`: not by what is under
/// test.
public final class TestIdentity {
    private static final String PASSWORD = "changeit";
    private static final Map<List<String>, TlsIdentity> MADE = new ConcurrentHashMap<>();

    private TestIdentity() {}

    /// P-256.
    public static TlsIdentity ec() {
        return of("CN=ec.example", "-keyalg", "EC", "-groupname", "secp256r1");
    }

    /// 2048 bits.
    public static TlsIdentity rsa() {
        return of("CN=rsa.example", "-keyalg", "RSA", "-keysize", "2048");
    }

    /// The same for the same arguments, within one JVM.
    ///
    /// @param keytool more arguments of `keytool -genkeypair`
    public static TlsIdentity of(String subject, String... keytool) {
        List<String> arguments = new ArrayList<>(Arrays.asList(keytool));
        arguments.addAll(List.of("-dname", subject));
        return MADE.computeIfAbsent(List.copyOf(arguments), TestIdentity::make);
    }

    private static TlsIdentity make(List<String> arguments) {
        try {
            Path folder = Files.createTempDirectory("identity");
            Path store = folder.resolve("store.p12");
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-keystore",
                    store.toString(),
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    PASSWORD,
                    "-alias",
                    "test",
                    "-ext",
                    "san=ip:127.0.0.1,ip:::1,dns:localhost"));
            command.addAll(arguments);
            if (!arguments.contains("-validity")) {
                command.addAll(List.of("-validity", "3650"));
            }
            SystemCommand.run(command);
            byte[] content = Files.readAllBytes(store);
            Files.delete(store);
            Files.delete(folder);
            return read(content);
        } catch (IOException | GeneralSecurityException e) {
            throw new LabException("cannot make a certificate with " + arguments, e);
        }
    }

    private static TlsIdentity read(byte[] content) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new ByteArrayInputStream(content), PASSWORD.toCharArray());
        List<X509Certificate> chain = new ArrayList<>();
        for (Certificate each : store.getCertificateChain("test")) {
            chain.add((X509Certificate) each);
        }
        Secret key = Secret.of(store.getKey("test", PASSWORD.toCharArray()).getEncoded());
        return new TlsIdentity(chain, key);
    }
}
