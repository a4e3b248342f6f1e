#!/usr/bin/env bash
# Prepares the image once: a C compiler for the race detector, bubblewrap, Go
# {{.Go}}. Then builds the grader and lets it grade the stubs, so that all that
# can be compiled before a hand-in comes is compiled, and so that an image that
# does not work fails here.
set -euo pipefail
export AUTOGRADER="${AUTOGRADER:-/autograder}"
. "$AUTOGRADER/source/env.sh"

missing=()
command -v gcc >/dev/null || missing+=(gcc libc6-dev)
command -v curl >/dev/null || missing+=(curl ca-certificates)
command -v bwrap >/dev/null || missing+=(bubblewrap)
if [ ${#missing[@]} -gt 0 ]; then
	apt-get update
	DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
fi
if [ "$(go env GOVERSION 2>/dev/null)" != "{{.Go}}" ]; then
	rm -rf /usr/local/go
	curl -fsSL "https://go.dev/dl/{{.Go}}.linux-$(dpkg --print-architecture).tar.gz" | tar -xz -C /usr/local
fi

cd "$AUTOGRADER/source/course"
go mod download
go build -o ../grader ./grader
mkdir -p ../stubs
cp -r {{range .Labs}}{{.}} {{end}}../stubs
../grader autograde -lab {{.Lab}} -runs 2 -unsafe ../stubs ../stubs.json
