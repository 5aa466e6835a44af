# Sourced by ./check after steps.sh and build.sh: the Java rooms' tests as steps, each skipped when neither it nor a room that it uses has changed.

# updraft_uses ROOM: the rooms that it may use, from rooms.txt.
updraft_uses() { awk -v room="$1" '$1 == room { for (i = 3; i <= NF; i++) print $i }' "$root/tools/rooms.txt"; }

updraft_java_rooms() { awk '$2 == "java" { print $1 }' "$root/tools/rooms.txt"; }

# updraft_room_inputs ROOM: what its tests look at; the tests of the last rooms compile the device and read the documents.
updraft_room_inputs() {
  echo "$1" $(updraft_uses "$1")
  case "$1" in
    image | server) echo boards device/boards docs device/test/keys ;;
    gateway) ;;
    *) echo boards device docs updraft ;;
  esac
}

# updraft_room_verdict ROOM: what its reports say since the run began; fails without any, and when a test was left out because a tool is absent.
updraft_room_verdict() {
  local reports=() report
  for report in "$root/$1"/target/surefire-reports/TEST-*.xml "$root/$1"/target/failsafe-reports/TEST-*.xml; do
    [ "$report" -nt "$updraft_results/java-began" ] && reports+=("$report")
  done
  [ ${#reports[@]} -gt 0 ] || { echo "$1: no test was run"; return 1; }
  if grep -lE '<(failure|error)[ >]' "${reports[@]}" >/dev/null; then
    echo "$1: tests failed; the lines above say which"
    return 1
  fi
  if grep -hoE '<skipped message="[^"]*"' "${reports[@]}" | grep -vE 'bench/|only root' | sort -u | grep .; then
    echo "$1: the tests above were not run, as something is not installed"
    return 1
  fi
  grep -hoE '<testsuite [^>]* tests="[0-9]+"' "${reports[@]}" | sed -E "s/.* tests=\"([0-9]+)\"/\1/" |
    awk -v room="$1" '{ n += $1 } END { print room ": " n " tests" }'
}

# updraft_java MAVEN-ARGUMENTS...: one Maven run over the rooms that changed, and a verdict a room.
updraft_java() {
  local room digest changed="" skips=() begin=$SECONDS
  for room in $(updraft_java_rooms); do
    digest=$(updraft_digest $(updraft_room_inputs "$room"))
    if updraft_unchanged "java-$room" "$digest"; then
      updraft_skip "java $room" "unchanged since it passed"
      skips+=("-Dskip.$room=true")
    else
      changed="$changed $room"
      echo "$digest" >"$updraft_results/digest-$room"
    fi
  done
  [ -n "$changed" ] || return 0
  touch "$updraft_results/java-began"
  updraft_verify_java --fail-at-end "${skips[@]}" "$@" >"$updraft_results/log-java" 2>&1
  local status=$? failed=0
  for room in $changed; do
    if updraft_room_verdict "$room" >"$updraft_results/verdict-$room"; then
      echo "java $room" >>"$updraft_results/passed"
      cp "$updraft_results/digest-$room" "$updraft_stamps/java-$room"
    else
      failed=1
      echo "java $room" >>"$updraft_results/failed"
      rm -f "$updraft_stamps/java-$room"
    fi
  done
  [ $status -eq 0 ] || [ $failed -eq 1 ] || { echo "java build" >>"$updraft_results/failed" && failed=1; }
  [ $failed -eq 0 ] || cat "$updraft_results/log-java"
  echo "== java:$changed: $([ $failed -eq 0 ] && echo ok || echo FAILED), $((SECONDS - begin)) s"
  for room in $changed; do cat "$updraft_results/verdict-$room"; done
}
