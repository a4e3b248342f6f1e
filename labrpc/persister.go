package labrpc

import (
	"fmt"
	"hash/fnv"
	"sync"

	"distlabs/labrpc/trace"
)

// A Persister is a machine's disk: a state and a snapshot, which are written
// together or not at all. What a life of the machine has saved, its next life
// reads.
//
// Save never blocks, so it may be called with a lock held.
type Persister struct {
	disk *disk
	net  *Network // nil for a disk of its own, made by MakePersister
	life *life
}

// MakePersister returns a disk of its own, of no machine.
func MakePersister() *Persister { return &Persister{disk: newDisk()} }

// Save writes both state and snapshot, in place of what was there. The slices
// may be changed afterwards. A past life's Save is refused and changes
// nothing.
func (p *Persister) Save(state, snapshot []byte) {
	if p.life != nil && p.life.isDead() {
		p.net.record(p.life, trace.Event{Kind: trace.Refused, Text: "a past life saved"})
		return
	}
	reads(state)
	reads(snapshot)
	image := newImage(state, snapshot)
	number := p.disk.write(image)
	if p.net != nil {
		p.net.record(p.life, trace.Event{Kind: trace.Save, N: number, Bytes: len(state) + len(snapshot), Payload: image})
	}
}

// ReadRaftState returns the state that was saved last, or nil.
func (p *Persister) ReadRaftState() []byte { return clone(p.disk.read().state) }

// ReadSnapshot returns the snapshot that was saved last, or nil.
func (p *Persister) ReadSnapshot() []byte { return clone(p.disk.read().snapshot) }

// RaftStateSize returns the length of the state that was saved last.
func (p *Persister) RaftStateSize() int { return size(p.disk.read().state) }

// SnapshotSize returns the length of the snapshot that was saved last.
func (p *Persister) SnapshotSize() int { return size(p.disk.read().snapshot) }

// Copy returns a disk of its own with the same contents.
func (p *Persister) Copy() *Persister {
	out := newDisk()
	out.write(p.disk.read())
	return &Persister{disk: out}
}

// Saves returns how often the disk has been written.
func (p *Persister) Saves() int64 { return p.disk.count() }

// Disk returns a machine's disk, as a test sees it: whatever the machine's
// life, and without a trace.
func (n *Network) Disk(id NodeID) *Persister {
	var d *disk
	n.do(func() { d = n.node(id).disk })
	return &Persister{disk: d}
}

// An Image is what one Save wrote. It is the payload of a save event, so that
// a checker can ask what was on disk when a message left. It must not be
// changed.
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

// A disk is what a Persister writes to. The race detector does not see its
// lock.
type disk struct {
	mu sync.Mutex
	// mu guards:
	last  *Image
	saves int64
}

func newDisk() *disk { return &disk{last: newImage(nil, nil)} }

//go:norace
func (d *disk) write(i *Image) int64 {
	hide()
	d.mu.Lock()
	d.last = i
	d.saves++
	n := d.saves
	d.mu.Unlock()
	unhide()
	return n
}

//go:norace
func (d *disk) read() *Image {
	hide()
	d.mu.Lock()
	i := d.last
	d.mu.Unlock()
	unhide()
	return i
}

//go:norace
func (d *disk) count() int64 {
	hide()
	d.mu.Lock()
	n := d.saves
	d.mu.Unlock()
	unhide()
	return n
}
