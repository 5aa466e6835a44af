# Sourced by ./check: steps that run side by side in lanes, skip what has not changed since it passed, and say so.
# What passed is remembered by the content of its inputs and the versions of the tools, never by time.
updraft_stamps=$root/build/check

# updraft_begin_steps: forgets the results of the run before.
updraft_begin_steps() {
  updraft_results=$(mktemp -d)
  trap 'rm -rf "$updraft_results"' EXIT
  mkdir -p "$updraft_stamps"
  updraft_versions=$(cat "$JAVA_HOME/release"
    for tool in gcc clang arm-none-eabi-gcc qemu-system-arm cppcheck clang-format; do "$tool" --version 2>/dev/null | head -n 1; done
    dpkg-query -W postgresql swupdate chromium libunicorn2 gdb-multiarch softhsm2 openssl 2>/dev/null)
}

# updraft_digest PATH...: of the content of all that git tracks below the paths or would track, and of the tools.
updraft_digest() {
  {
    echo "$updraft_versions"
    (cd "$root" && git ls-files -co --exclude-standard -z -- check pom.xml tools "$@" | sort -zu | xargs -0 sha256sum 2>/dev/null)
  } | sha256sum | cut -d ' ' -f 1
}

# updraft_unchanged NAME DIGEST: whether the step passed with these inputs; never with --all.
updraft_unchanged() { [ "$mode" = quick ] && [ "$(cat "$updraft_stamps/$1" 2>/dev/null)" = "$2" ]; }

# updraft_skip NAME WHY
updraft_skip() { echo "$1 ($2)" >>"$updraft_results/skipped"; }

# updraft_step NAME "INPUTS" COMMAND...: runs it unless its inputs are unchanged; shows what it said when it is over, so that lanes do not mix.
updraft_step() {
  local name=$1 inputs=$2 begin=$SECONDS digest log
  shift 2
  digest=$(updraft_digest $inputs)
  if [ -n "$inputs" ] && updraft_unchanged "${name// /-}" "$digest"; then
    updraft_skip "$name" "unchanged since it passed"
    return
  fi
  log=$updraft_results/log-${name// /-}
  if "$@" >"$log" 2>&1; then
    echo "$name" >>"$updraft_results/passed"
    [ -z "$inputs" ] || echo "$digest" >"$updraft_stamps/${name// /-}"
    { echo "== $name: ok, $((SECONDS - begin)) s"; tail -n 40 "$log"; } | cat
  else
    echo "$name" >>"$updraft_results/failed"
    rm -f "$updraft_stamps/${name// /-}"
    { echo "== $name: FAILED, $((SECONDS - begin)) s"; cat "$log"; } | cat
  fi
}

# updraft_end_steps: says what was skipped and why, and the closing line; fails when a step did.
updraft_end_steps() {
  local passed failed skipped
  passed=$(cat "$updraft_results/passed" 2>/dev/null | wc -l)
  failed=$(cat "$updraft_results/failed" 2>/dev/null | wc -l)
  skipped=$(cat "$updraft_results/skipped" 2>/dev/null | wc -l)
  echo
  [ "$skipped" -eq 0 ] || { echo "skipped:" && sed 's/^/  /' "$updraft_results/skipped"; }
  [ "$failed" -eq 0 ] || { echo "failed:" && sed 's/^/  /' "$updraft_results/failed"; }
  echo "check$([ "$mode" = quick ] || echo " --$mode"): $SECONDS s"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
}
