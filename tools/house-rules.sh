# Sourced by ./check: rules about the tree itself that no compiler holds.

# updraft_cited_documents: the paths of pages that code and documents name.
updraft_cited_documents() {
  git grep -ohE '\bdocs/[A-Za-z0-9_/-]+\.(md|svg|html)\b' -- '*.java' '*.[ch]' '*.sh' '*.md' '*.mk' '*.toml' '*Makefile' tools check updraft | sort -u
}

# updraft_broken_links: links of pages to files beside them.
updraft_broken_links() {
  git ls-files '*.md' | while read -r page; do
    grep -oE '\]\([^):#]+\.(md|svg|html|txt|toml|service|java|c|h)[)#]' "$page" | sed -E 's/^\]\(//; s/[)#]$//' | sort -u | while read -r target; do
      [ -e "$(dirname "$page")/$target" ] || echo "$page: $target"
    done
  done
}

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
  # device's own rooms have a README each as well.
  found=$(for room in $(awk '!/^#/ { print $1 }' tools/rooms.txt) $(git ls-files 'device/*/README.md' 'device/*/*.[ch]' | cut -d / -f 1,2 | sort -u); do
    [ -f "$room/README.md" ] || echo "$room"
  done)
  [ -n "$found" ] && echo "rooms without a README:" && echo "$found" && broken=1
  found=$(git ls-files | grep / | cut -d / -f 1 | sort -u | grep -v '^\.' | grep -vxF "$(awk '!/^#/ { print $1 }' tools/rooms.txt)")
  [ -n "$found" ] && echo "folders that tools/rooms.txt does not know:" && echo "$found" && broken=1
  found=$(updraft_cited_documents | while read -r path; do [ -e "$path" ] || git grep -nF "$path" -- '*.java' '*.[ch]' '*.sh' '*.md' '*.mk' '*.toml' '*Makefile'; done)
  [ -n "$found" ] && echo "documents that are cited and are not there:" && echo "$found" && broken=1
  found=$(updraft_broken_links)
  [ -n "$found" ] && echo "links between documents that lead nowhere:" && echo "$found" && broken=1
  return $broken
}
