# Sourced by ./updraft and ./check after find-jdk.sh and packages.sh; $root is the checkout.

updraft_compiler_log="-Dorg.slf4j.simpleLogger.log.org.apache.maven.plugin.compiler.CompilerMojo=warn \
-Dorg.slf4j.simpleLogger.log.org.apache.maven.plugin.compiler.TestCompilerMojo=warn"

# updraft_mvn ARGUMENTS...: Maven under the JDK that was found, without the warnings Maven 3.8 itself causes there.
updraft_mvn() {
  updraft_need "building the Java rooms" mvn maven || return 1
  # -q hides what Error Prone found and leaves "warnings found": the compiler's own log is let through.
  # jansi resets the colours of a terminal it never coloured: those bytes are taken out
  (cd "$root" && set -o pipefail && MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED $updraft_compiler_log" \
    mvn -B -q -ntp -Dstyle.color=never -Dupdraft.describe="$(git describe --tags --always --dirty 2>/dev/null || echo unknown)" "$@" 2>&1 | sed 's/\x1b\[[0-9;]*m//g')
}

# updraft_build_java: builds the command line if a source is newer than the last build; nothing to do costs a few milliseconds. Without
# the static analysis, which takes three times as long as all else; the stamp says so, and ./check builds such classes again.
updraft_build_java() {
  local stamp=$root/cli/target/built changed
  if [ -f "$stamp" ]; then
    changed=$(find "$root"/pom.xml "$root"/*/pom.xml "$root"/*/src/main "$root"/boards -newer "$stamp" -print -quit 2>/dev/null)
    [ -z "$changed" ] && return 0
  fi
  echo "updraft: building (first use, or sources changed)" >&2
  updraft_mvn package -Dquick -Dmaven.test.skip=true >&2 || {
    echo "updraft: the build failed; the lines above say where." >&2
    return 1
  }
  updraft_start_cache
  echo quick >"$stamp"
}

# updraft_start_cache: what the JVM learns in one signing, kept for the next starts (JEP 514); halves the time of a short command. Without it all
# works as well.
updraft_start_cache() {
  local cache=$root/cli/target/updraft.aot
  rm -f "$cache"
  "$JAVA_HOME/bin/java" -XX:AOTCacheOutput="$cache" -jar "$root/cli/target/updraft.jar" \
    image sign "$root/pom.xml" --format bin --key "$root/device/test/keys/sign-p256.pem" --version 1.0.0 -o "$root/cli/target/start-cache.upd" >/dev/null 2>&1 || rm -f "$cache"
}

# updraft_verify_java: every test, and the analysis of everything; two rooms at a time, as the server's tests mostly wait.
updraft_verify_java() {
  local stamp=$root/cli/target/built
  [ "$(cat "$stamp" 2>/dev/null)" = quick ] && rm -rf "$root"/*/target/{classes,test-classes,maven-status} "$stamp"
  updraft_mvn -T 2 verify && echo analysed >"$stamp"
}

# updraft_need_cross_compiler: what compiling firmware takes, and fetching the C libraries that go into it.
updraft_need_cross_compiler() {
  updraft_need "compiling firmware" make make &&
    updraft_need "compiling firmware" arm-none-eabi-gcc gcc-arm-none-eabi libnewlib-arm-none-eabi &&
    { [ -d "${UPDRAFT_MBEDTLS_DIR:-}" ] || updraft_need "fetching mbedTLS" xz xz-utils; } &&
    { [ -d "${UPDRAFT_MBEDTLS_DIR:-}" ] || updraft_need "fetching mbedTLS" bzip2 bzip2; }
}

# How a server is run: docs/reference/server-measurements.md (Memory). What the environment's UPDRAFT_JAVA_OPTIONS say comes after it and wins.
updraft_server_memory=(-XX:+UseSerialGC -Xmn48m)

# updraft_server_cache: prints the path of a cache of loaded and linked classes (JEP 514) with which the server starts in half the processor
# time; makes it if there is none for this build. The JVM does without a cache that does not fit.
updraft_server_cache() {
  local cache=$root/cli/target/server.aot jar=$root/cli/target/updraft.jar
  echo "$cache"
  [ "$cache" -nt "$jar" ] && return 0
  echo "updraft: preparing quick starts of the server (once)" >&2
  "$JAVA_HOME/bin/java" -jar "$jar" prepare --output "$cache" >/dev/null || true
}
