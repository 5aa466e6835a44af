# Sourced by bench/server/run: a PostgreSQL of its own from Debian's package, all defaults, on loopback.
postgres_programs=
postgres_home=

postgres_as() { # PostgreSQL refuses to run as root
  if [ "$(id -u)" = 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups "$@"); else "$@"; fi
}

postgres_start() { # postgres_start DIRECTORY
  postgres_home=$1
  postgres_programs=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
  mkdir -p "$postgres_home"
  chmod 755 "$(dirname "$postgres_home")"
  if [ "$(id -u)" = 0 ]; then chown postgres "$postgres_home"; fi
  postgres_as "$postgres_programs/initdb" -A trust -U updraft -E UTF8 --locale=C -D "$postgres_home/data" >/dev/null
  postgres_as "$postgres_programs/pg_ctl" -D "$postgres_home/data" -w -l "$postgres_home/log" \
    -o "-p 5498 -c listen_addresses=127.0.0.1 -c unix_socket_directories=$postgres_home" start >/dev/null
}

postgres_database() { # postgres_database NAME: prints its URL
  postgres_as "$postgres_programs/createdb" -h 127.0.0.1 -p 5498 -U updraft "$1" >&2
  echo "jdbc:postgresql://127.0.0.1:5498/$1?user=updraft"
}

postgres_stop() {
  [ -z "$postgres_home" ] || postgres_as "$postgres_programs/pg_ctl" -D "$postgres_home/data" -m immediate stop >/dev/null 2>&1 || true
}
