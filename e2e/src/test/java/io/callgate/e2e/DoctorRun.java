package io.callgate.e2e;

import io.callgate.doctor.DoctorCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One run of `doctor --json` in this process.
///
/// @param out the JSON
/// @param err progress
record DoctorRun(int exitCode, String out, String err) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /// @param arguments beside `--json`
    static DoctorRun of(Map<String, String> environment, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = new CommandLine(
                new DoctorCommand(new PrintWriter(out), new PrintWriter(err), new TunnelRelay.RealTime(), environment));
        line.setErr(new PrintWriter(err, true));
        String[] all = new String[arguments.length + 1];
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[0] = "--json";
        int exitCode = line.execute(all);
        return new DoctorRun(exitCode, out.toString(), err.toString());
    }

    boolean passed(String transport) {
        return transport(transport).required("passed").asBoolean();
    }

    /// Empty where it passed.
    String cause(String transport) {
        return transport(transport).required("cause").asString("");
    }

    String mend(String transport) {
        return transport(transport).required("mend").asString("");
    }

    private JsonNode transport(String name) {
        return StreamSupport.stream(MAPPER.readTree(out).required("transports").spliterator(), false)
                .filter(node -> node.required("transport").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
