package labrpc

import (
	"fmt"
	"hash/fnv"

	"distlabs/labrpc/trace"
)

// A Persister is a machine's disk: a state and a snapshot, which are written
// together or not at all. What a life of the machine has saved, its next life
// reads, as far as the disk was done with it (see [Disk]).
//
// Save never blocks, so it may be called with a lock held.
type Persister struct {
	disk *disk
	net  *Network // nil for a disk of its own, made by MakePersister
	life *life    // nil for a test's view
}

// MakePersister returns a disk of its own, of no machine.
func MakePersister() *Persister { return &Persister{disk: newDisk()} }

// Disk returns a machine's disk, as a test sees it: whatever the machine's
// life, and without a trace. It reads what a crash would leave now. A Save
// through it is durable at once, and is for a machine that is down.
func (n *Network) Disk(id NodeID) *Persister {
	var d *disk
	n.do(func() { d = n.node(id).disk })
	return &Persister{disk: d, net: n}
}

// Save writes both state and snapshot, in place of what was there. The slices
// may be changed afterwards. A past life's Save is refused and changes
// nothing.
func (p *Persister) Save(state, snapshot []byte) {
	reads(state)
	reads(snapshot)
	image := newImage(state, snapshot)
	switch {
	case p.life == nil:
		p.disk.put(image)
	case !p.disk.save(p.net, p.life, image):
		p.net.record(p.life, trace.Event{Kind: trace.Refused, Text: "a past life saved"})
	}
}

// image returns what was saved last, or in a test's view, what is durable.
func (p *Persister) image() (i *Image) {
	if p.life == nil && p.net != nil {
		p.net.do(func() { _, i, _ = p.disk.read() }) // after the Saves that are on their way to the dispatcher
		return i
	}
	i, _, _ = p.disk.read()
	return i
}

// ReadRaftState returns the state that was saved last, or nil.
func (p *Persister) ReadRaftState() []byte { return clone(p.image().state) }

// ReadSnapshot returns the snapshot that was saved last, or nil.
func (p *Persister) ReadSnapshot() []byte { return clone(p.image().snapshot) }

// RaftStateSize returns the length of the state that was saved last.
func (p *Persister) RaftStateSize() int { return size(p.image().state) }

// SnapshotSize returns the length of the snapshot that was saved last.
func (p *Persister) SnapshotSize() int { return size(p.image().snapshot) }

// Copy returns a disk of its own with the same contents.
func (p *Persister) Copy() *Persister {
	out := newDisk()
	out.put(p.image())
	return &Persister{disk: out}
}

// Saves returns how many Saves there were, also those that a crash has lost.
func (p *Persister) Saves() int64 {
	_, _, saves := p.disk.read()
	return saves
}

// An Image is what one Save wrote. It is the payload of the save event and of
// the durable event, so that a checker can ask what was on disk when a message
// left. It must not be changed.
type Image struct{ state, snapshot []byte }

// State returns the state that was written.
func (i *Image) State() []byte { return i.state }

// Snapshot returns the snapshot that was written.
func (i *Image) Snapshot() []byte { return i.snapshot }

// Text tells sizes: what the bytes mean only the lab knows.
func (i *Image) Text(int) string {
	return fmt.Sprintf("state %d bytes, snapshot %d bytes", size(i.state), size(i.snapshot))
}

// Unmarshal is not possible: the bytes are the lab's.
func (i *Image) Unmarshal(any) error {
	return fmt.Errorf("what was saved is bytes of the lab's own: decode State and Snapshot")
}

// Hash is of the contents.
func (i *Image) Hash() uint64 {
	h := fnv.New64a()
	h.Write(i.state)
	h.Write([]byte{0xff})
	h.Write(i.snapshot)
	return h.Sum64()
}

//go:norace
func newImage(state, snapshot []byte) *Image { return &Image{clone(state), clone(snapshot)} }

//go:norace
func size(b []byte) int { return len(b) }
