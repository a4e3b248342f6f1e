package trace

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"sort"
)

// digestMax bounds a digest's length in words: two megabytes. Up to so many
// events a divergence is found exactly; in longer runs, to within a stride,
// which doubles whenever the digest is full.
const digestMax = 1 << 18

// digestMagic begins a digest file; the last byte is the version of the hash.
const digestMagic = "trcdgst\x01"

// A Digest is the hash of each prefix of a run, or of every stride-th. As a
// prefix's hash depends on all that went before, the first two that differ
// show where two runs parted.
type Digest struct {
	stride int64    // a power of two
	total  int64    // events in the run
	final  uint64   // the hash after all of them
	hashes []uint64 // after stride, 2*stride, … events
}

func newDigest() Digest { return Digest{stride: 1, final: hashSeed} }

// add notes that the hash after n events is h.
func (d *Digest) add(n int64, h uint64) {
	d.total, d.final = n, h
	if n&(d.stride-1) != 0 {
		return
	}
	if len(d.hashes) == digestMax {
		for i := range digestMax / 2 {
			d.hashes[i] = d.hashes[2*i+1]
		}
		d.hashes = d.hashes[:digestMax/2]
		d.stride *= 2
		if n&(d.stride-1) != 0 {
			return
		}
	}
	d.hashes = append(d.hashes, h)
}

// A Difference says how two runs compare. The zero value means that they are
// the same run.
type Difference struct {
	// After is the last event known to be equal in both runs, and By the
	// first known to differ or to be missing in one. By is After+1 unless
	// the runs have more than 262,144 events. Both are 0 in equal runs.
	After, By int64
}

// Same reports whether the runs are equal.
func (d Difference) Same() bool { return d == Difference{} }

// String returns "same run" or where the runs diverged.
func (d Difference) String() string {
	switch {
	case d.Same():
		return "same run"
	case d.By == d.After+1:
		return fmt.Sprintf("diverged at event %d", d.By)
	}
	return fmt.Sprintf("diverged between events %d and %d", d.After+1, d.By)
}

// Compare tells where o parted from d.
func (d *Digest) Compare(o *Digest) Difference {
	if d.total == o.total && d.final == o.final {
		return Difference{}
	}
	stride := max(d.stride, o.stride)
	at := func(d *Digest, i int) uint64 { return d.hashes[(int64(i)+1)*(stride/d.stride)-1] }
	common := min(d.total, o.total)
	n := int(common / stride)
	i := sort.Search(n, func(i int) bool { return at(d, i) != at(o, i) })
	if i < n {
		return Difference{After: int64(i) * stride, By: int64(i+1) * stride}
	}
	// Equal as far as sampled: they part in the rest, or one run goes on
	// where the other ends.
	diff := Difference{After: int64(n) * stride, By: common}
	if d.total != o.total || diff.By == diff.After {
		diff.By++
	}
	return diff
}

// WriteDigest writes the run's digest, eight bytes an event in runs of usual
// length, for a later run to compare itself with.
func (l *Log) WriteDigest(w io.Writer) error {
	d := &l.digest
	buf := []byte(digestMagic)
	for _, v := range []uint64{uint64(d.stride), uint64(d.total), d.final} {
		buf = binary.LittleEndian.AppendUint64(buf, v)
	}
	buf = slices.Grow(buf, 8*len(d.hashes))
	for _, h := range d.hashes {
		buf = binary.LittleEndian.AppendUint64(buf, h)
	}
	if _, err := w.Write(buf); err != nil {
		return fmt.Errorf("write the run's digest: %w", err)
	}
	return nil
}

// CompareDigest tells where this run parted from the one whose digest r holds.
func (l *Log) CompareDigest(r io.Reader) (Difference, error) {
	earlier, err := ReadDigest(r)
	if err != nil {
		return Difference{}, err
	}
	return l.digest.Compare(earlier), nil
}

// ReadDigest reads what [Log.WriteDigest] wrote.
func ReadDigest(r io.Reader) (*Digest, error) {
	br := bufio.NewReader(r)
	head := make([]byte, len(digestMagic)+3*8)
	if _, err := io.ReadFull(br, head); err != nil {
		return nil, fmt.Errorf("this is not the digest of a run: it is too short: %w", err)
	}
	if string(head[:8]) != digestMagic {
		return nil, fmt.Errorf("this is not the digest of a run, or one of another version: record the run again")
	}
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(head[8*i:]) }
	d := &Digest{stride: int64(word(1)), total: int64(word(2)), final: word(3)}
	if d.stride <= 0 || d.stride&(d.stride-1) != 0 || d.total < 0 || d.total/d.stride > digestMax {
		return nil, fmt.Errorf("the digest is damaged: %d events in strides of %d; record the run again", d.total, d.stride)
	}
	rest := make([]byte, 8)
	for range d.total / d.stride {
		if _, err := io.ReadFull(br, rest); err != nil {
			return nil, fmt.Errorf("the digest is cut short after %d of %d hashes; record the run again",
				len(d.hashes), d.total/d.stride)
		}
		d.hashes = append(d.hashes, binary.LittleEndian.Uint64(rest))
	}
	return d, nil
}
