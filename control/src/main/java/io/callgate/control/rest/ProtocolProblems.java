package io.callgate.control.rest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Answers what is no request at all: a broken path, headers without end. In the same form as every other refusal.
final class ProtocolProblems extends ErrorHandler {
    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        Problem problem = Problem.of(
                kind(code), "the request is not HTTP as it should be", "look at its path, its headers, their encoding");
        response.setStatus(problem.kind().status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put(HttpHeader.CONNECTION, "close"); // what follows in it may be anything
        response.write(true, ByteBuffer.wrap(problem.json().toString().getBytes(StandardCharsets.UTF_8)), callback);
    }

    private static Problem.Kind kind(int code) {
        return switch (code) {
            case 404 -> Problem.Kind.NOT_FOUND;
            case 405 -> Problem.Kind.METHOD_NOT_ALLOWED;
            case 431 -> Problem.Kind.HEADERS_TOO_LARGE;
            case 500 -> Problem.Kind.INTERNAL;
            case 503 -> Problem.Kind.UNAVAILABLE;
            default -> Problem.Kind.INVALID_ARGUMENT;
        };
    }
}
