#!/usr/bin/env bash
# Builds the image of the Dockerfile and tries it, on a machine that has neither a Docker engine nor a way to the registries of its
# bases. Both bases are put together of the Debian packages that they consist of, and of the Node.js of node_modules; every step
# is the Dockerfile's own. What this cannot tell: whether the digests are there, and how the image does on the other processor.
#   npm run image:check            as root on Debian, some minutes
set -euo pipefail
cd "$(dirname "$0")/../.."

missing=()
for program in buildah podman runc mmdebstrap; do command -v "$program" >/dev/null || missing+=("$program"); done
[ ${#missing[@]} = 0 ] || { echo "missing: apt-get install ${missing[*]}" >&2; exit 1; }
[ "$(id -u)" = 0 ] || { echo 'this needs root, to make file systems of other users' >&2; exit 1; }

folder=$(mktemp -d)
clean_up() {
  podman rm --all --force --time 0 >/dev/null 2>&1 || true
  podman unmount --all >/dev/null 2>&1 || true
  umount "$folder/images/overlay" 2>/dev/null || true
  rm -rf "$folder"
}
trap clean_up EXIT

# A store of its own, and containers that have no network but their own loopback.
export CONTAINERS_STORAGE_CONF=$folder/storage.conf CONTAINERS_CONF=$folder/containers.conf
cat >"$CONTAINERS_STORAGE_CONF" <<TOML
[storage]
driver = "overlay"
graphroot = "$folder/images"
runroot = "$folder/run"
TOML
cat >"$CONTAINERS_CONF" <<TOML
[containers]
netns = "none"
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
TOML

# The names of the bases as the Dockerfile has them, without the digests.
mapfile -t bases < <(sed -n 's/^FROM \([^ ]*\)@sha256:.*/\1/p' Dockerfile)
[ ${#bases[@]} = 2 ] || { echo 'the Dockerfile has other bases than this script makes' >&2; exit 1; }

echo "== ${bases[0]} of Debian's packages and the Node.js of node_modules"
mmdebstrap --quiet --variant=minbase --include=ca-certificates,libatomic1,libstdc++6 trixie "$folder/trixie.tar"
podman import --quiet "$folder/trixie.tar" localhost/trixie >/dev/null
mkdir "$folder/node"
cp "$(readlink -f node_modules/node/bin/node)" "$folder/node/node"
cp -r "$(dirname "$(realpath "${npm_execpath:-$(npm root --global)/npm/bin/npm-cli.js}")")/.." "$folder/node/npm"
cp /etc/ssl/certs/ca-certificates.crt "$folder/node/"
buildah build --quiet --isolation chroot --tag "${bases[0]}" --file - "$folder/node" >/dev/null <<'DOCKERFILE'
FROM localhost/trixie
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
# The authorities that this machine trusts, one of which may be that of its proxy.
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
DOCKERFILE

echo "== ${bases[1]} of Debian's packages"
buildah build --quiet --isolation chroot --tag "${bases[1]}" --file - "$folder/node" >/dev/null <<'DOCKERFILE'
FROM localhost/trixie AS packages
WORKDIR /packages
RUN apt-get update && apt-get download base-files netbase tzdata tzdata-legacy media-types libc6 libssl3t64 libzstd1 zlib1g \
    libgomp1 libstdc++6 libgcc-s1 gcc-14-base \
  && for package in *.deb; do dpkg-deb --extract "$package" /base; done \
  && mkdir -p /base/etc/ssl/certs && cp /etc/ssl/certs/ca-certificates.crt /base/etc/ssl/certs/ \
  && printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' >/base/etc/passwd
FROM scratch
COPY --from=packages /base /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532
DOCKERFILE

echo '== the Dockerfile'
sed 's/@sha256:[0-9a-f]*//' Dockerfile >"$folder/Dockerfile"
buildah build --isolation chroot --format docker --tag pp-db-collector --file "$folder/Dockerfile" .

DOCKER=podman scripts/try-image.sh pp-db-collector
