#!/usr/bin/env bash
# Serves a simulated Devin by TLS on an address, until it is ended, and prints `url=` and `key=`.
# For .github/workflows/selftest.yml. build/selftest/client.pem has the certificate's authority and,
# since the step asks the real GitHub with the same bundle, everybody else's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

address=$1
folder=build/selftest
rm -rf "$folder"
mkdir -p "$folder"

.venv/bin/python -m trustme --quiet --dir "$folder" --identities "$address"
cat "$folder/server.pem" "$folder/server.key" > "$folder/certificate.pem"
cat "$(.venv/bin/python -m certifi)" >> "$folder/client.pem"

.venv/bin/python -m simulator --scenario release/selftest.yml --ready "$folder/ready.json" \
  --address "$address" --certificate "$folder/certificate.pem" > "$folder/log" 2>&1 &

for _ in {1..100}; do
  if [[ -s $folder/ready.json ]]; then
    jq --raw-output '"url=\(.devin_url)", "key=\(.devin_key)"' "$folder/ready.json"
    exit 0
  fi
  sleep 0.1
done
cat "$folder/log" >&2
exit 1
