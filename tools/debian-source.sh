# Sourced by scripts that need third-party source: fetches Debian source packages, which are never copied into the repository.

# updraft_debian_source PACKAGE SUITE: leaves the source package's files in $updraft_sources/PACKAGE and prints that folder. The
# mirror is the one that this machine's apt uses; the lists of the suite are kept apart from the machine's own.
updraft_sources=${UPDRAFT_SOURCES:-${XDG_CACHE_HOME:-$HOME/.cache}/updraft/sources}

updraft_debian_source() {
  local package=$1 suite=$2 folder=$updraft_sources/$1 mirror apt
  if [ -f "$folder/complete" ]; then
    echo "$folder"
    return 0
  fi
  command -v apt-get >/dev/null 2>&1 || {
    echo "updraft: fetching the source of $package needs apt-get (Debian); put its source package into $folder and an empty file 'complete' beside it." >&2
    return 1
  }
  mirror=$(apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" | grep '/debian/$' | head -n 1)
  [ -n "$mirror" ] || {
    echo "updraft: apt knows no Debian mirror to fetch the source of $package from; add one and run 'apt-get update'." >&2
    return 1
  }
  apt=$updraft_sources/.apt-$suite
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$folder"
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$apt/sources.list"
  local options=(-o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$apt/lists"
    -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none)
  echo "updraft: fetching the source of $package from Debian $suite" >&2
  if [ -z "$(ls "$apt/lists" | grep Sources)" ]; then
    apt-get "${options[@]}" update >"$apt/log" 2>&1 || {
      tail -n 3 "$apt/log" >&2
      return 1
    }
  fi
  (cd "$folder" && apt-get "${options[@]}" source --download-only "$package" >"$apt/log" 2>&1) || {
    tail -n 3 "$apt/log" >&2
    echo "updraft: the source of $package could not be fetched." >&2
    return 1
  }
  touch "$folder/complete"
  echo "$folder"
}
