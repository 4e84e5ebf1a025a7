#!/usr/bin/env bash
# Installs a packed tarball into an empty folder, as users do, and uses what it brings: the program and the module.
#   scripts/try-package.sh pp-db-collector-1.2.3.tgz
set -euo pipefail
tarball=$(realpath "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

echo '{ "private": true, "type": "module" }' >package.json
npm install --no-audit --no-fund "$tarball"
program=node_modules/.bin/pp-db-collector

"$program" --version
"$program" init here
"$program" explain PPDB-0108
"$program" demo --once
node --eval "
  import('pp-db-collector').then(({ WriteApiClient }) => {
    if (typeof WriteApiClient !== 'function') throw new Error('the module exports no WriteApiClient');
  });
"
