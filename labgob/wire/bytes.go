package wire

import (
	"math/bits"
	"unsafe"
)

// The bytes of a message pass from goroutine to goroutine without any
// synchronisation that the race detector may see, so that it keeps finding the
// races between sender and receiver. They are therefore touched only in this
// file's functions marked norace, which call nothing instrumented: copy and
// append of a whole slice report to the detector wherever they stand, hence the
// loops.
//
// The encoding is gob's: small numbers are a byte, others a negated length and
// big-endian digits; the lowest bit of a signed number is its sign.

//go:norace
func appendByte(b []byte, x byte) []byte { return append(b, x) }

//go:norace
func appendUint(b []byte, x uint64) []byte {
	if x <= 0x7f {
		return append(b, byte(x))
	}
	n := (bits.Len64(x) + 7) / 8
	b = append(b, byte(-n))
	for n--; n >= 0; n-- {
		b = append(b, byte(x>>(8*n)))
	}
	return b
}

// appendRaw adds the n bytes at p.
//
//go:norace
func appendRaw(b []byte, p unsafe.Pointer, n int) []byte {
	if !raceEnabled {
		return append(b, unsafe.Slice((*byte)(p), n)...)
	}
	for i := range n {
		b = append(b, *(*byte)(unsafe.Add(p, i)))
	}
	return b
}

// readUint reads the number at b[i:] and returns where it ends, or -1 if b is
// too short.
//
//go:norace
func readUint(b []byte, i int) (x uint64, next int) {
	if i >= len(b) {
		return 0, -1
	}
	c := b[i]
	i++
	if c <= 0x7f {
		return uint64(c), i
	}
	n := -int(int8(c))
	if n > 8 || n > len(b)-i {
		return 0, -1
	}
	for _, d := range b[i : i+n] {
		x = x<<8 | uint64(d)
	}
	return x, i + n
}

//go:norace
func readString(b []byte, i, n int) string { return string(b[i : i+n]) }

// readRaw copies n bytes of b from i on to p.
//
//go:norace
func readRaw(p unsafe.Pointer, b []byte, i, n int) {
	if !raceEnabled {
		copy(unsafe.Slice((*byte)(p), n), b[i:i+n])
		return
	}
	for j := range n {
		*(*byte)(unsafe.Add(p, j)) = b[i+j]
	}
}

// zeroMemory reports whether the n bytes at p are zero.
//
//go:norace
func zeroMemory(p unsafe.Pointer, n uintptr) bool {
	i := uintptr(0)
	if uintptr(p)%8 == 0 {
		for ; i+8 <= n; i += 8 {
			if *(*uint64)(unsafe.Add(p, i)) != 0 {
				return false
			}
		}
	}
	for ; i < n; i++ {
		if *(*byte)(unsafe.Add(p, i)) != 0 {
			return false
		}
	}
	return true
}

// uintSize is the number of bytes of x when encoded.
func uintSize(x uint64) int {
	if x <= 0x7f {
		return 1
	}
	return 1 + (bits.Len64(x)+7)/8
}

// zigzag puts the sign of x into the lowest bit, as gob does.
func zigzag(x int64) uint64 {
	if x < 0 {
		return uint64(^x<<1) | 1
	}
	return uint64(x << 1)
}

func unzigzag(x uint64) int64 {
	if x&1 != 0 {
		return ^int64(x >> 1)
	}
	return int64(x >> 1)
}

// A span is one entry of a map in a message: key from start to mid, element
// from mid to end.
type span struct{ start, mid, end int }

// compareKeys orders two entries by their keys: numbers by value, anything
// else by its bytes, and by the elements where the keys do not differ (as NaN).
//
//go:norace
func compareKeys(b []byte, op op, x, y span) int {
	switch op {
	case opUint, opInt:
		u, _ := readUint(b, x.start)
		v, _ := readUint(b, y.start)
		less, same := u < v, u == v
		if op == opInt {
			less = unzigzag(u) < unzigzag(v)
		}
		switch {
		case less:
			return -1
		case !same:
			return 1
		}
	case opString:
		_, i := readUint(b, x.start)
		_, j := readUint(b, y.start)
		if c := compareBytes(b, i, x.mid, j, y.mid); c != 0 {
			return c
		}
	}
	return compareBytes(b, x.start, x.end, y.start, y.end)
}

//go:norace
func compareBytes(b []byte, i, iEnd, j, jEnd int) int {
	for i < iEnd && j < jEnd {
		if b[i] != b[j] {
			return int(b[i]) - int(b[j])
		}
		i++
		j++
	}
	return (iEnd - i) - (jEnd - j)
}

// permute rearranges the entries at the end of b, from spans' first byte on,
// into the order of spans.
//
//go:norace
func permute(b []byte, from int, spans []span) {
	sorted := make([]byte, 0, len(b)-from)
	for _, s := range spans {
		for i := s.start; i < s.end; i++ {
			sorted = append(sorted, b[i])
		}
	}
	for i := range sorted {
		b[from+i] = sorted[i]
	}
}

// hashBytes mixes eight bytes at a time into h, multiplying into 128 bits and
// folding as wyhash does.
//
//go:norace
func hashBytes(h uint64, b []byte) uint64 {
	const k0, k1 = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93
	n := len(b)
	i := 0
	for ; i+8 <= n; i += 8 {
		x := uint64(b[i]) | uint64(b[i+1])<<8 | uint64(b[i+2])<<16 | uint64(b[i+3])<<24 |
			uint64(b[i+4])<<32 | uint64(b[i+5])<<40 | uint64(b[i+6])<<48 | uint64(b[i+7])<<56
		hi, lo := bits.Mul64(h^x^k0, k1)
		h = hi ^ lo
	}
	tail := uint64(n) << 56
	for j := 0; i < n; i, j = i+1, j+8 {
		tail ^= uint64(b[i]) << j
	}
	hi, lo := bits.Mul64(h^tail^k1, k0)
	return hi ^ lo
}

func hashString(h uint64, s string) uint64 {
	return hashBytes(h, unsafe.Slice(unsafe.StringData(s), len(s)))
}
