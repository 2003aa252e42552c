#!/usr/bin/env bash
# Runs the four images with NATS and Redis as production does (not root, read-only root file system, no
# capabilities), lets them answer a question and resume its stream, and ends them with SIGTERM.
#   ENGINE=podman REPOSITORY=localhost/vana-stream TAG=0.1.0 deploy/rehearse-images.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ENGINE=${ENGINE:-docker}
REPOSITORY=${REPOSITORY:-vana-stream}
TAG=${TAG:-dev}
NATS_IMAGE=${NATS_IMAGE:-nats:2.12.3-alpine}
REDIS_IMAGE=${REDIS_IMAGE:-redis:7.4.2-alpine}
SERVICES=(gateway orchestrator broadcaster monitoring)
FIRST_PORT=${FIRST_PORT:-28080}
hardened=(--network=host --read-only --tmpfs /tmp --user 1000:1000 --cap-drop=ALL --security-opt=no-new-privileges)
secret=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')

name() { echo "vana-rehearsal-$1"; }
remove() {
  for one in "${SERVICES[@]}" nats redis; do "$ENGINE" rm -f "$(name "$one")" >/dev/null 2>&1 || true; done
}
trap remove EXIT
remove

"$ENGINE" run -d --name "$(name nats)" "${hardened[@]}" --tmpfs /data:rw,mode=1777 "$NATS_IMAGE" \
  -a 127.0.0.1 -p $((FIRST_PORT + 10)) -js -sd /data >/dev/null
"$ENGINE" run -d --name "$(name redis)" "${hardened[@]}" "$REDIS_IMAGE" \
  redis-server --bind 127.0.0.1 --port $((FIRST_PORT + 11)) --save '' --dir /tmp >/dev/null

port=$FIRST_PORT
for service in "${SERVICES[@]}"; do
  "$ENGINE" run -d --name "$(name "$service")" "${hardened[@]}" -e HOST=127.0.0.1 -e PORT=$port -e AUDIT_LOG=off \
    -e NATS_URL=nats://127.0.0.1:$((FIRST_PORT + 10)) -e REDIS_URL=redis://127.0.0.1:$((FIRST_PORT + 11)) \
    -e JWT_SECRET="$secret" "$REPOSITORY/$service:$TAG" >/dev/null
  port=$((port + 1))
done
port=$FIRST_PORT
for service in "${SERVICES[@]}"; do
  curl -fsS --retry 60 --retry-delay 1 --retry-all-errors -o /dev/null "http://127.0.0.1:$port/health/ready" 2>/dev/null
  user=$("$ENGINE" exec "$(name "$service")" id -u)
  write=$("$ENGINE" exec "$(name "$service")" sh -c 'touch /app/x 2>&1' || true)
  echo "$service: ready, user $user, $write"
  port=$((port + 1))
done

GATEWAY_URL=http://127.0.0.1:$FIRST_PORT JWT_SECRET=$secret JWT_ISSUER=vana-stream JWT_AUDIENCE=vana-stream \
  QUESTION='How does a reader resume a stream after a lost connection?' node helm/vana-stream/files/tests/ask-and-resume.mjs

for service in "${SERVICES[@]}"; do "$ENGINE" kill --signal TERM "$(name "$service")" >/dev/null; done
status=0
for service in "${SERVICES[@]}"; do
  code=$("$ENGINE" wait "$(name "$service")")
  echo "$service: exit code $code after SIGTERM"
  [ "$code" = 0 ] || status=1
done
exit $status
