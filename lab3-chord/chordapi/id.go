package chordapi

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/bits"
	"strconv"

	"distlabs/labrpc"
)

// MaxBits is how long an identifier is at most: as long as a SHA-1 sum.
const MaxBits = 160

// An ID is a number below 2^160: Hi·2^128 + Mid·2^64 + Lo. On a ring with m
// bits it is below 2^m. IDs can be compared with ==.
type ID struct {
	Hi      uint32
	Mid, Lo uint64
}

// FromSum returns a SHA-1 sum as a number, whose first byte is the most
// significant one.
func FromSum(sum [20]byte) ID {
	return ID{binary.BigEndian.Uint32(sum[:4]), binary.BigEndian.Uint64(sum[4:12]), binary.BigEndian.Uint64(sum[12:])}
}

// PowerOfTwo returns 2^i, for i from 0 to 159.
func PowerOfTwo(i int) ID {
	switch {
	case i < 64:
		return ID{Lo: 1 << i}
	case i < 128:
		return ID{Mid: 1 << (i - 64)}
	}
	return ID{Hi: 1 << (i - 128)}
}

// Low returns the low m bits of x: x modulo 2^m.
func (x ID) Low(m int) ID {
	switch {
	case m >= MaxBits:
		return x
	case m >= 128:
		x.Hi &= 1<<(m-128) - 1
	case m >= 64:
		x.Hi, x.Mid = 0, x.Mid&(1<<(m-64)-1)
	default:
		x.Hi, x.Mid, x.Lo = 0, 0, x.Lo&(1<<m-1)
	}
	return x
}

// Plus returns x+y modulo 2^160.
func (x ID) Plus(y ID) ID {
	lo, carry := bits.Add64(x.Lo, y.Lo, 0)
	mid, carry := bits.Add64(x.Mid, y.Mid, carry)
	return ID{x.Hi + y.Hi + uint32(carry), mid, lo}
}

// Compare is negative if x is the smaller number, positive if y is, and zero
// if they are the same.
func (x ID) Compare(y ID) int {
	return cmp.Or(cmp.Compare(x.Hi, y.Hi), cmp.Compare(x.Mid, y.Mid), cmp.Compare(x.Lo, y.Lo))
}

// String is the number in decimal if it is below 2^64, and the first digits of
// 40 hexadecimal ones otherwise.
func (x ID) String() string {
	if x.Hi == 0 && x.Mid == 0 {
		return strconv.FormatUint(x.Lo, 10)
	}
	return fmt.Sprintf("%08x…", x.Hi)
}

// Address is a machine's address as text: what its ID is hashed from.
func Address(machine labrpc.NodeID) string {
	return fmt.Sprintf("10.%d.%d.%d", machine>>16&255, machine>>8&255, machine&255)
}

// A Contact is what one needs to know of another: its place, and where to call
// it.
type Contact struct {
	ID      ID
	Machine labrpc.NodeID
}

func (c Contact) String() string { return c.ID.String() }
