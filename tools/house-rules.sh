# Sourced by ./check: rules about the tree itself that no compiler holds.

updraft_house_rules() {
  local broken=0 found
  # Built from parts, so that this file does not find itself.
  found=$(git grep -nIE '(^|[^A-Za-z0-9_./-])/(work|root|farm)/' -- . ':!tools/house-rules.sh')
  [ -n "$found" ] && echo "a path of one machine in the tree:" && echo "$found" && broken=1
  found=$(git grep -nIE '(repo1?\.maven|deb\.debian|registry\.npmjs)\.' -- . ':!tools/house-rules.sh')
  [ -n "$found" ] && echo "a package registry is named in the tree; the clients' own configuration knows it:" && echo "$found" && broken=1
  found=$(git grep -nIE 'TODO|FIXME' -- '*.java' '*.c' '*.h' '*.sh' ':!tools/house-rules.sh')
  [ -n "$found" ] && echo "something left for later in the code; finish it or file it:" && echo "$found" && broken=1
  found=$(git ls-files -z '*.java' '*.c' '*.h' | xargs -0 wc -l | awk '$1 > 600 && $2 != "total"')
  [ -n "$found" ] && echo "files of more than 600 lines; each should be one idea:" && echo "$found" && broken=1
  found=$(for room in image delta emulator rehearsal server gateway cli device device/boot device/agent device/core device/port device/net device/example device/test bench docs; do
    [ -d "$room" ] && [ -n "$(git ls-files "$room" | head -1)" ] && [ ! -f "$room/README.md" ] && echo "$room"
  done)
  [ -n "$found" ] && echo "rooms without a README:" && echo "$found" && broken=1
  return $broken
}
