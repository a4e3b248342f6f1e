package chord

import (
	"crypto/sha1"

	"distlabs/lab3-chord/chordapi"
)

// Hash returns the identifier of a name, be it a key or an address, on a ring
// with that many bits: the low bits of the name's SHA-1 sum.
func Hash(name string, bits int) chordapi.ID {
	return chordapi.FromSum(sha1.Sum([]byte(name))).Low(bits)
}

// Start returns where row i of node n's finger table begins, from 1 to bits:
// n + 2^(i-1), modulo 2^bits. (Stoica et al. 2001, Table 1)
func Start(n chordapi.ID, i, bits int) chordapi.ID {
	return n.Plus(chordapi.PowerOfTwo(i - 1)).Low(bits)
}

// Between says whether x is in the open interval (a, b) of the ring: whether
// one who goes up from a, and from the largest identifier on to 0, meets x
// before b. (a, a) is all but a.
func Between(x, a, b chordapi.ID) bool {
	if a.Compare(b) < 0 {
		return a.Compare(x) < 0 && x.Compare(b) < 0
	}
	return a.Compare(x) < 0 || x.Compare(b) < 0 // over 0; all but a if a is b
}

// UpTo says whether x is in the interval (a, b] of the ring, with b and
// without a. (a, a] is all of it.
func UpTo(x, a, b chordapi.ID) bool {
	return x == b || Between(x, a, b)
}
