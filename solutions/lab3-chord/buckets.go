package chord

import (
	"math/bits"
	"slices"

	"distlabs/lab3-chord/chordapi"
)

// distance is how far two identifiers are from each other: their exclusive or.
// (Maymounkov and Mazières 2002, 2.1)
func distance(x, y chordapi.ID) chordapi.ID {
	return chordapi.ID{Hi: x.Hi ^ y.Hi, Mid: x.Mid ^ y.Mid, Lo: x.Lo ^ y.Lo}
}

// nearer orders contacts by how far they are from target.
func nearer(target chordapi.ID) func(a, b chordapi.Contact) int {
	return func(a, b chordapi.Contact) int {
		return distance(a.ID, target).Compare(distance(b.ID, target))
	}
}

// Buckets are what a machine knows of the others. Bucket i is for those at a
// distance from 2^i to 2^(i+1)-1, in the order in which they have last been
// heard from: the one that has been silent longest comes first.
//
// A machine that has been up for long is likely to stay up. So a bucket that is
// full takes nobody new while those in it answer. (2.2)
type buckets struct {
	self chordapi.ID
	k    int // how many contacts a bucket holds
	list [chordapi.MaxBits][]chordapi.Contact
}

// index returns the number of id's bucket; -1 is the machine itself.
func (b *buckets) index(id chordapi.ID) int {
	d := distance(b.self, id)
	switch {
	case d.Hi != 0:
		return 128 + bits.Len32(d.Hi) - 1
	case d.Mid != 0:
		return 64 + bits.Len64(d.Mid) - 1
	}
	return bits.Len64(d.Lo) - 1
}

// hear notes that c is up. If its bucket is full and does not have it, nothing
// changes, and hear returns the one that has been silent longest, and true.
func (b *buckets) hear(c chordapi.Contact) (silent chordapi.Contact, full bool) {
	i := b.index(c.ID)
	if i < 0 {
		return chordapi.Contact{}, false
	}
	bucket := &b.list[i]
	at := b.at(c)
	if at < 0 && len(*bucket) >= b.k {
		return (*bucket)[0], true
	}
	if at >= 0 {
		*bucket = slices.Delete(*bucket, at, at+1)
	}
	*bucket = append(*bucket, c)
	return chordapi.Contact{}, false
}

// remove forgets c, which does not answer.
func (b *buckets) remove(c chordapi.Contact) {
	if at := b.at(c); at >= 0 {
		bucket := &b.list[b.index(c.ID)]
		*bucket = slices.Delete(*bucket, at, at+1)
	}
}

// at returns where c is in its bucket; -1 is nowhere.
func (b *buckets) at(c chordapi.Contact) int {
	if b.index(c.ID) < 0 {
		return -1
	}
	return slices.IndexFunc(b.list[b.index(c.ID)], func(o chordapi.Contact) bool { return o.ID == c.ID })
}

// closest returns the k contacts that are the closest to target, the closest
// first.
func (b *buckets) closest(target chordapi.ID) []chordapi.Contact {
	all := slices.Concat(b.list[:]...)
	slices.SortFunc(all, nearer(target))
	return all[:min(b.k, len(all))]
}

// nearest returns the number of the lowest bucket that has somebody, and the
// number of buckets if none has.
func (b *buckets) nearest() int {
	for i, bucket := range b.list {
		if len(bucket) > 0 {
			return i
		}
	}
	return len(b.list)
}
