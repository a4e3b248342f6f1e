# What setup.sh and run_autograder have in common: where Go is, and where it
# keeps what it has fetched and compiled.
export PATH="/usr/local/go/bin:$PATH"
export GOTOOLCHAIN=local
export GOMODCACHE="${GOMODCACHE:-$AUTOGRADER/cache/modules}"
export GOCACHE="${GOCACHE:-$AUTOGRADER/cache/build}"
