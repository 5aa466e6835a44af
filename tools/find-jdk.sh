# Sourced by ./updraft and ./check: sets JAVA_HOME to a JDK 25 or newer, or returns 1 after one sentence that says what to do.
# The default `java` of a machine is often older, so every usual place is asked.

updraft_jdk_version() { # prints the feature version of the JDK in $1, nothing if there is none
  [ -x "$1/bin/javac" ] && [ -f "$1/release" ] && sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

updraft_find_jdk() {
  local candidate version on_path
  on_path=$(command -v javac 2>/dev/null) && on_path=$(dirname "$(dirname "$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")")")
  for candidate in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /opt/java/* /opt/jdk* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home "$HOME"/.sdkman/candidates/java/*; do
    [ -n "$candidate" ] || continue
    version=$(updraft_jdk_version "$candidate")
    if [ -n "$version" ] && [ "$version" -ge 25 ]; then
      export JAVA_HOME=$candidate
      return 0
    fi
  done
  echo "updraft: no JDK 25 found (looked at JAVA_HOME, PATH, /usr/lib/jvm and the usual macOS places); install one, for example Temurin 25, or set JAVA_HOME." >&2
  return 1
}
