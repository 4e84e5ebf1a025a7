#!/usr/bin/env bash
# Runs an image as a strict cluster would: as a user and group that nothing was made for, with a root that cannot be
# written, without capabilities. Only /tmp and the folder of the state can be written.
#   scripts/try-image.sh pp-db-collector
set -euo pipefail
image=$1
user=23456
strict=(--read-only --tmpfs /tmp --user "$user:$user" --cap-drop ALL --security-opt no-new-privileges)
folder=$(mktemp -d)
container=
trap 'rm -rf "$folder"; [ -z "$container" ] || docker rm --force "$container" >/dev/null' EXIT

docker run --rm "${strict[@]}" "$image" --version
docker run --rm "${strict[@]}" "$image" demo --once

# The daemon, with a job that is not due: it is healthy by the image's own check, and ends when it is told to.
mkdir "$folder/collectors"
cat >"$folder/config.yaml" <<'YAML'
write_api: { url: "https://write-api.invalid" }
databases: { service: { client: better-sqlite3, connection: { filename: /tmp/service.sqlite } } }
state: { file: /var/lib/pp-db-collector/collector.sqlite }
YAML
cat >"$folder/collectors/visits.yaml" <<'YAML'
database: service
schedule: "0 0 1 1 *"
data_set: { data_group: service, data_type: visits, token: "${TOKEN}" }
window: { period: day, start: 2024-01-01 }
query: SELECT day, count FROM visits WHERE day >= :from_date AND day < :to_date
record: { timestamp: day, id: [_timestamp] }
YAML
chmod -R a+rX "$folder"
container=$(docker run --detach "${strict[@]}" --tmpfs "/var/lib/pp-db-collector:uid=$user,gid=$user,mode=0700" \
  --env TOKEN=secret --volume "$folder:/etc/pp-db-collector:ro" --health-interval 1s --health-start-period 0s --stop-timeout 20 \
  "$image" start)
for _ in $(seq 60); do
  health=$(docker inspect --format '{{.State.Health.Status}}' "$container")
  [ "$health" != healthy ] || break
  sleep 1
done
docker logs "$container"
[ "$health" = healthy ] || { echo "the daemon is $health" >&2; exit 1; }
docker exec "$container" pp-db-collector state show
docker stop "$container" >/dev/null
code=$(docker inspect --format '{{.State.ExitCode}}' "$container")
[ "$code" = 0 ] || { echo "the daemon ended with $code" >&2; exit 1; }
