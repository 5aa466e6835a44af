# Sourced by ./updraft and ./check: installs missing Debian packages when it may, and names the command when it may not.

# updraft_need PURPOSE COMMAND PACKAGE...: makes sure COMMAND is there, which PACKAGE... bring.
updraft_need() {
  local purpose=$1 command=$2
  shift 2
  command -v "$command" >/dev/null 2>&1 && return 0
  updraft_install "$purpose" "$@" && command -v "$command" >/dev/null 2>&1
}

# updraft_install PURPOSE PACKAGE...: installs the packages that are not installed yet.
updraft_install() {
  local purpose=$1 package missing=()
  shift
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "updraft: $purpose needs what Debian calls '${missing[*]}'; install it and run this again." >&2
    return 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    echo "updraft: $purpose needs packages that are missing; run 'sudo apt-get install ${missing[*]}' and then this again." >&2
    return 1
  fi
  echo "updraft: installing ${missing[*]} ($purpose)" >&2
  local log
  log=$(mktemp)
  if DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1 ||
    { apt-get update >>"$log" 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1; }; then
    rm -f "$log"
    return 0
  fi
  tail -n 5 "$log" >&2
  rm -f "$log"
  echo "updraft: apt-get could not install ${missing[*]} ($purpose); put that right and run this again." >&2
  return 1
}
