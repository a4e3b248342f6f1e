package chord

import "distlabs/lab3-chord/chordapi"

// Hash returns the identifier of a name, be it a key or an address, on a ring
// with that many bits: the low bits of the name's SHA-1 sum.
func Hash(name string, bits int) chordapi.ID {
	// Your code here (3C).
	return chordapi.ID{}
}

// Start returns where row i of node n's finger table begins, from 1 to bits:
// n + 2^(i-1), modulo 2^bits. (Stoica et al. 2001, Table 1)
func Start(n chordapi.ID, i, bits int) chordapi.ID {
	// Your code here (3C).
	return chordapi.ID{}
}

// Between says whether x is in the open interval (a, b) of the ring: whether
// one who goes up from a, and from the largest identifier on to 0, meets x
// before b. (a, a) is all but a.
func Between(x, a, b chordapi.ID) bool {
	// Your code here (3C).
	return false
}

// UpTo says whether x is in the interval (a, b] of the ring, with b and
// without a. (a, a] is all of it.
func UpTo(x, a, b chordapi.ID) bool {
	// Your code here (3C).
	return false
}
