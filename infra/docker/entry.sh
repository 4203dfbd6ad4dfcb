#!/bin/sh
# What the container does: the first word is a service, or `aethyr` for an operator's command; `aethyr` is also a link to this file.
set -eu
app=/app
if [ "$(basename "$0")" = aethyr ]; then
  set -- aethyr "$@"
fi
case "${1:-}" in
  actor-host | relay | projector | gateway | console) main=$1 ;;
  aethyr) main=cli ;;
  *)
    echo "no service is called '${1:-}': actor-host, relay, projector, gateway, console, or aethyr and a command" >&2
    exit 2
    ;;
esac
shift
exec node --no-memory-protection-keys "${APP_ROOT:-$app}/services/$main/src/main.ts" "$@"
