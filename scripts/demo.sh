#!/usr/bin/env bash
# Shows a made-up fleet: makes it once, serves it on loopback until Ctrl-C. demo.sh PROGRAM DIRECTORY
set -euo pipefail
program=$1
directory=$2
nodes=${DEMO_NODES:-80}
port=${DEMO_PORT:-9470}
listens() { (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; }
# Whether the page itself comes: a port listens a little before.
answers() {
  (
    exec 3<> "/dev/tcp/127.0.0.1/$port"
    printf 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
    read -r -t 10 line <&3
    [[ $line == 'HTTP/1.1 200'* ]]
  ) 2> /dev/null
}
if listens; then
  echo "demo: something listens on port $port already; DEMO_PORT=9471 make demo takes another" >&2
  exit 1
fi
mkdir -p "$directory"
if [ ! -e "$directory/fleet.db" ]; then
  echo "demo: a fleet of $nodes nodes over 30 days is made, once; remove $directory for another" >&2
  # Whole or not at all: what was broken off is made again.
  rm -f "$directory"/making.db*
  "$program" demo --store "$directory/making.db" --write "$directory" --nodes "$nodes"
  mv "$directory/making.db" "$directory/fleet.db"
elif [ -n "$(find "$directory/inventory.csv" -mtime +0 2> /dev/null)" ]; then
  echo "demo: this fleet was made over a day ago, so all its nodes are silent by now; remove $directory for a new one" >&2
fi
address="http://127.0.0.1:$port/"
# The address is said once somebody answers there: what is said before is tried too early.
(
  until answers; do
    sleep 0.1
    kill -0 $$ 2> /dev/null || exit 0
  done
  echo "demo: look at $address (Ctrl-C ends it)" >&2
  if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && command -v xdg-open > /dev/null 2>&1; then
    xdg-open "$address" > /dev/null 2>&1
  fi
) &
exec "$program" serve --store "$directory/fleet.db" --inventory "$directory/inventory.csv" \
  --listen "127.0.0.1:$port" --ingest-listen none --log-level warning
