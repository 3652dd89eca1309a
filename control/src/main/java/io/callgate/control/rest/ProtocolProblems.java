package io.callgate.control.rest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Answers what is no request at all: a broken path, headers without end. In the same form as every other refusal.
final class ProtocolProblems implements Request.Handler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Problem.Kind kind =
                switch (response.getStatus()) {
                    case 404 -> Problem.Kind.NOT_FOUND;
                    case 405 -> Problem.Kind.METHOD_NOT_ALLOWED;
                    case 431 -> Problem.Kind.HEADERS_TOO_LARGE;
                    case 500 -> Problem.Kind.INTERNAL;
                    case 503 -> Problem.Kind.UNAVAILABLE;
                    default -> Problem.Kind.INVALID_ARGUMENT;
                };
        Problem problem = Problem.of(
                kind, "the request is not HTTP as it should be", "look at its path, its headers and their encoding");
        response.setStatus(kind.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap(problem.json().toString().getBytes(StandardCharsets.UTF_8)), callback);
        return true;
    }
}
