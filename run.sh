#!/usr/bin/env bash
# The one command of raftkv, from any directory: builds what is missing, then runs it.
#   ./run.sh --help
set -eo pipefail

home=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
. "$home/bin/environment.sh"

# -Xrs: SIGTERM takes a server out before it sends another byte. Whoever launches servers stops
# them in order instead.
case "$1 $* " in
  "server "*) options=(-Xrs "${server[@]}") ;;
  "simulate "* | "check "*) options=(-XX:+UseSerialGC -Xmx2g "${more[@]}") ;;
  *" --embedded "*) options=("${server[@]}") ;;
  *) options=("${small[@]}") ;;
esac
exec "$java" "${options[@]}" "${shared[@]}" -cp "$jar" io.raftkv.Main "$@"
