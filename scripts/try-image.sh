#!/usr/bin/env bash
# Runs an image as a strict cluster would: as a user and group that nothing was made for, with a root that cannot be
# written, without capabilities, without a network but its own. Only /tmp and the folder of the state can be written.
#   scripts/try-image.sh pp-db-collector             DOCKER=podman for another engine
set -euo pipefail
image=$1
docker=${DOCKER:-docker}
user=12345
strict=(--network none --read-only --tmpfs /tmp --user "$user:$user" --cap-drop ALL --security-opt no-new-privileges)
folder=$(mktemp -d)
containers=()
clean_up() {
  rm -rf "$folder"
  [ ${#containers[@]} = 0 ] || "$docker" rm --force --volumes "${containers[@]}" >/dev/null
}
trap clean_up EXIT

fail() { echo "$1" >&2; exit 1; }

# Starts a container in the background; its name is then in $container.
start() {
  container=$("$docker" run --detach "$@")
  containers+=("$container")
}

# Waits until the health check of the container answers.
healthy() {
  for _ in $(seq 60); do
    if "$docker" exec "$container" healthcheck "$1" 2>/dev/null; then return; fi
    sleep 1
  done
  "$docker" logs "$container" >&2
  fail "nothing is well at $1"
}

# Stops the container as engines do, which kill what has not ended after 20 seconds.
stops() {
  local begin=$SECONDS
  "$docker" stop -t 20 "$container" >/dev/null
  local code
  code=$("$docker" inspect --format '{{.State.ExitCode}}' "$container")
  [ "$code" = 143 ] || fail "$1 ended with $code at SIGTERM"
  echo "$1 ended with $code at SIGTERM, after $((SECONDS - begin)) s"
}

# Whether the first process of a container has a handler for SIGTERM, signal 15. Before it has, the kernel drops the signal.
listens_for_sigterm='while read -r name value; do
  [ "$name" != SigCgt: ] || exit $((1 - (0x$value >> 14 & 1)))
done </proc/1/status'

echo '== the image'
size=$("$docker" run --rm --user 0:0 --network none --entrypoint node "$image" --eval "
  const { readdirSync, lstatSync } = require('node:fs');
  const sizeOf = (folder) => readdirSync(folder, { withFileTypes: true }).reduce((sum, file) => {
    const path = folder + file.name;
    if (['/proc', '/sys', '/dev'].includes(path)) return sum;
    return sum + (file.isDirectory() ? sizeOf(path + '/') : lstatSync(path).size);
  }, 0);
  console.log(sizeOf('/'));
")
echo "$(((size + 500000) / 1000000)) MB of files"
[ "$size" -lt 200000000 ] || fail 'it has 200 MB or more'
[[ $("$docker" image inspect --format '{{json .Config.Volumes}}' "$image") =~ ^(null|\{\}|)$ ]] || fail 'it makes volumes by itself'
"$docker" run --rm "${strict[@]}" "$image" --version

echo '== a run that ends'
"$docker" run --rm "${strict[@]}" "$image" demo --once

# Jobs that are not due, of each kind of database: SQLite's has no file yet, and nobody answers for the others.
mkdir -p "$folder/collectors"
cat >"$folder/config.yaml" <<'YAML'
write_api: { url: "http://127.0.0.1:3039", retry: { for: 1s } }
databases:
  sqlite: { client: better-sqlite3, connection: { filename: /var/lib/pp-db-collector/service.sqlite } }
  postgresql: { client: pg, connection: "postgres://reader@127.0.0.1/service" }
  mysql: { client: mysql2, connection: "mysql://reader@127.0.0.1/service" }
state: { file: /var/lib/pp-db-collector/collector.sqlite }
YAML
for database in sqlite postgresql mysql; do
  cat >"$folder/collectors/$database.yaml" <<YAML
database: $database
schedule: "0 0 1 1 *"
data_set: { data_group: service, data_type: visits, token: "\${TOKEN}" }
window: { period: day, start: 2024-01-01 }
query: SELECT day, count FROM visits WHERE day >= :from_date AND day < :to_date
record: { timestamp: day, id: [_timestamp] }
YAML
done
cat >"$folder/write-api.yaml" <<'YAML'
listen: 127.0.0.1:3039
storage: { file: /var/lib/pp-db-collector/write-api.sqlite }
data_sets: [{ data_group: service, data_type: visits, token: "${TOKEN}", raw_queries_allowed: true }]
YAML
chmod -R a+rX "$folder"
mkdir --mode 0777 "$folder"/{daemon,write-api}
files=(--env TOKEN=secret --volume "$folder:/etc/pp-db-collector:ro")

echo '== the daemon'
start "${strict[@]}" "${files[@]}" --volume "$folder/daemon:/var/lib/pp-db-collector" "$image"
healthy 9464/healthz
for page in '' jobs/sqlite metrics; do "$docker" exec "$container" healthcheck "9464/$page"; done
"$docker" exec "$container" pp-db-collector state show
for database in postgresql mysql; do
  code=0
  "$docker" exec "$container" pp-db-collector run "$database" >"$folder/output" 2>&1 || code=$?
  cat "$folder/output"
  [ "$code" = 4 ] || fail "a run of $database without a server ended with $code"
done
stops 'the daemon'
open_to_others=$(find "$folder/daemon" -type f ! -perm 0600)
[ -z "$open_to_others" ] || fail "others may read $open_to_others"

echo '== the write API, and a run that collects into it'
start "${strict[@]}" "${files[@]}" --volume "$folder/write-api:/var/lib/pp-db-collector" "$image" \
  serve /etc/pp-db-collector/write-api.yaml
healthy 3039/_status
"$docker" exec "$container" node --eval "
  const Database = require('/app/node_modules/better-sqlite3');
  new Database('/var/lib/pp-db-collector/service.sqlite').exec(
    \"CREATE TABLE visits (day TEXT, count INTEGER); INSERT INTO visits VALUES ('2024-01-01', 3), ('2024-01-02', 5)\");
"
"$docker" exec "$container" pp-db-collector run sqlite --log-level warn
stops 'the write API'

echo '== a command that waits, and has nothing to put in order'
start "${strict[@]}" --interactive "$image" send --url http://127.0.0.1:3039/data/service/visits --token secret
until "$docker" exec "$container" bash -c "$listens_for_sigterm"; do sleep 0.1; done
stops 'send'

echo '== without restrictions'
start --network none "${files[@]}" "$image"
healthy 9464/healthz
written=$("$docker" diff "$container" | grep -vE '^[AC] (/tmp|/var/lib/pp-db-collector|/etc/pp-db-collector|/etc|/var|/var/lib|/run|/proc|/sys|/dev)(/|$)' || true)
[ -z "$written" ] || fail "files were written where none should be: $written"
stops 'the daemon'
