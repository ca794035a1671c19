#!/bin/sh
# Shows a made-up fleet: makes it once, serves it on loopback until Ctrl-C. demo.sh PROGRAM DIRECTORY
set -eu
program=$1
directory=$2
nodes=${DEMO_NODES:-80}
port=${DEMO_PORT:-9470}
mkdir -p "$directory"
if [ ! -e "$directory/fleet.db" ]; then
  echo "demo: a fleet of $nodes nodes over 30 days is made, once; remove $directory for another" >&2
  # Whole or not at all: what was broken off is made again.
  rm -f "$directory"/making.db*
  "$program" demo --store "$directory/making.db" --write "$directory" --nodes "$nodes"
  mv "$directory/making.db" "$directory/fleet.db"
fi
address="http://127.0.0.1:$port/"
echo "demo: look at $address (Ctrl-C ends it)" >&2
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && command -v xdg-open > /dev/null 2>&1; then
  (sleep 1; xdg-open "$address" > /dev/null 2>&1) &
fi
exec "$program" serve --store "$directory/fleet.db" --inventory "$directory/inventory.csv" \
  --listen "127.0.0.1:$port" --ingest-listen none --log-level warning
