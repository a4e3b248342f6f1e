package main

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// seedOf returns the seed of one run: a hash of the course's salt, the lab, the
// test and the number of the run. It does not depend on the student, so all
// meet the same network; and without the salt nobody can tell it beforehand.
// It has at most nine digits, for people type it.
func seedOf(salt, lab, test string, run int) uint64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d", salt, lab, test, run))
	return 1 + binary.BigEndian.Uint64(sum[:])%999_999_999
}
