package io.callgate.e2e;

import io.callgate.model.AppId;
import io.callgate.model.RelayCredential;
import java.time.Duration;

/// What stands in dmz: TURN over UDP on ports 3478 and 443, and a way out for signalling on TCP 443.
interface RelayUnderTest extends AutoCloseable {
    /// The app whose clients may reach the cloud.
    AppId LAB_APP = new AppId("lab");

    /// An app whose clients may reach something else only.
    AppId OTHER_APP = new AppId("elsewhere");

    /// A credential made with the app's present secret.
    RelayCredential credential(AppId app, String subject, Duration life);

    @Override
    void close();
}
