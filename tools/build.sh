# Sourced by ./updraft and ./check after find-jdk.sh and packages.sh; $root is the checkout.

# updraft_mvn ARGUMENTS...: Maven under the JDK that was found, without the warnings Maven 3.8 itself causes there.
updraft_mvn() {
  updraft_need "building the Java rooms" mvn maven || return 1
  (cd "$root" && MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED" mvn -B -q -ntp -Dstyle.color=never "$@")
}

# updraft_build_java: builds the command line if a source is newer than the last build; nothing to do costs a few milliseconds.
updraft_build_java() {
  local stamp=$root/cli/target/built changed
  if [ -f "$stamp" ]; then
    changed=$(find "$root"/pom.xml "$root"/*/pom.xml "$root"/*/src/main -newer "$stamp" -print -quit 2>/dev/null)
    [ -z "$changed" ] && return 0
  fi
  echo "updraft: building (first use, or sources changed)" >&2
  updraft_mvn package -DskipTests >&2 || {
    echo "updraft: the build failed; the lines above say where." >&2
    return 1
  }
  touch "$stamp"
}

# updraft_need_cross_compiler: what compiling firmware takes, and fetching the C libraries that go into it.
updraft_need_cross_compiler() {
  updraft_need "compiling firmware" make make &&
    updraft_need "compiling firmware" arm-none-eabi-gcc gcc-arm-none-eabi libnewlib-arm-none-eabi &&
    { [ -d "${UPDRAFT_MBEDTLS_DIR:-}" ] || updraft_need "fetching mbedTLS" xz xz-utils; } &&
    { [ -d "${UPDRAFT_MBEDTLS_DIR:-}" ] || updraft_need "fetching mbedTLS" bzip2 bzip2; }
}
