package chordtest

import (
	"fmt"

	"distlabs/lab3-chord/chordapi"
)

// ExpectHash ends the run unless hash is SHA-1, of which it keeps so many bits.
func (c *Ring) ExpectHash(hash func(name string, bits int) chordapi.ID, name string, bits int) {
	if got, want := hash(name, bits), hashOf(name, bits); got != want {
		c.Fail(broken(HashIsSHA1, "Hash(%q, %d) is %s; it should be %s", name, bits, allOf(got), allOf(want)))
	}
}

// allOf is an identifier with all its digits.
func allOf(x chordapi.ID) string {
	if x.Hi == 0 && x.Mid == 0 {
		return x.String()
	}
	return fmt.Sprintf("%08x%016x%016x", x.Hi, x.Mid, x.Lo)
}

// ExpectStarts ends the run unless start returns where each row of a node's
// table begins, on a ring with so many bits.
func (c *Ring) ExpectStarts(start func(n chordapi.ID, i, bits int) chordapi.ID, n chordapi.ID, bits int) {
	t := truth{bits: bits}
	for i := 1; i <= bits; i++ {
		if got, want := start(n, i, bits), t.start(n, i); got != want {
			c.Fail(broken(FingerTable, "Start(%s, %d, %d) is %s; it should be %s", allOf(n), i, bits, allOf(got), allOf(want)))
		}
	}
}

// ExpectInterval ends the run unless in says what it should of all x, a and b
// of the ring of eight identifiers. It is told by going around: up from a, by
// one at a time, until b.
func (c *Ring) ExpectInterval(name string, in func(x, a, b chordapi.ID) bool, withEnd bool) {
	const size = 8
	for a := range uint64(size) {
		for b := range uint64(size) {
			inside := make(map[uint64]bool)
			for x := (a + 1) % size; x != b; x = (x + 1) % size {
				inside[x] = true
			}
			inside[b] = withEnd
			for x := range uint64(size) {
				if in(chordapi.ID{Lo: x}, chordapi.ID{Lo: a}, chordapi.ID{Lo: b}) != inside[x] {
					c.Fail(broken(IntervalsWrap, "%s(%d, %d, %d) is %v; it should be %v", name, x, a, b, !inside[x], inside[x]))
				}
			}
		}
	}
}
