package io.callgate.control.console;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// The files of the console: its own style, script and picture, htmx and uPlot. Their links have what they hold in
/// them, so browsers keep them for good.
final class Files {
    private static final Map<String, String> TYPES = Map.of(
            "console.css", "text/css; charset=utf-8",
            "console.js", "text/javascript; charset=utf-8",
            "htmx.js", "text/javascript; charset=utf-8",
            "htmx-sse.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml",
            "uplot.css", "text/css; charset=utf-8",
            "uplot.js", "text/javascript; charset=utf-8");

    private static final Map<String, File> READ = new ConcurrentHashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // never compared, never written to
    private record File(byte[] bytes, String version) {}

    private Files() {}

    static String link(String name) {
        return "/files/" + name + "?v=" + file(name).version;
    }

    static void serve(Context context) {
        String name = context.pathParam("name");
        String type = TYPES.get(name);
        if (type == null) {
            context.status(404);
            return;
        }
        context.contentType(type)
                .header("Cache-Control", "public, max-age=31536000, immutable")
                .header("X-Content-Type-Options", "nosniff")
                .result(file(name).bytes);
    }

    private static File file(String name) {
        return READ.computeIfAbsent(name, Files::read);
    }

    private static File read(String name) {
        try (InputStream in = Objects.requireNonNull(Files.class.getResourceAsStream(name), name)) {
            byte[] bytes = in.readAllBytes();
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new File(bytes, HexFormat.of().formatHex(digest, 0, 6));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
