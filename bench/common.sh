# shellcheck shell=bash
# For bench/jmh and bench/run: builds this module, finds a JDK 25.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() {
    printf 'bench: %s\n' "$1" >&2
}

fail() {
    say "$1"
    exit 1
}

# The java that runs release 25, as the launcher finds it but in the usual places only.
java25() {
    local home
    for home in "${JAVA_HOME:-/nonexistent}" /usr/lib/jvm/* /opt/* /opt/java/* "$HOME"/.sdkman/candidates/java/* \
        "$HOME"/.jdks/*; do
        if [ -x "$home/bin/java" ] && grep -qs '^JAVA_VERSION="25[."+-]' "$home/release"; then
            printf '%s\n' "$home/bin/java"
            return
        fi
    done
    fail 'no JDK 25 found; set JAVA_HOME to its folder'
}

build_bench() {
    say 'building the module bench'
    (cd "$root" && ./mvnw -q -B -ntp -Dmaven.test.skip=true -pl bench -am process-classes) ||
        fail 'the build failed; ./mvnw -pl bench -am process-classes says why'
}

# A class of the module: bench_java CLASS ARGUMENT…
bench_java() {
    "$(java25)" -cp "$root/bench/target/classes:$(cat "$root/bench/target/bench.classpath")" "$@"
}
