package rafttest

import (
	"bytes"
	"encoding/gob"
	"fmt"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labgob"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// An image is what one Save wrote, see raftapi.Saved. It is not changed once it
// is made.
type image struct {
	event    int64 // of the Save
	number   int64 // of the Save on its machine
	term     raftapi.Term
	vote     labrpc.NodeID
	base     raftapi.Index // the snapshot's last
	baseTerm raftapi.Term
	first    *raftapi.Config // the newest up to base, nil for the first of all
	log      []entry         // the entries base+1, base+2 …
	config   int             // the number in log of the newest configuration, or -1
	kept     int             // so many entries of log are those of the image before, at the same place
	raw      rawLog
	snapshot []byte
	tip      bool // nobody has appended to log in place
}

// blank is a disk on which nothing was saved.
func blank() *image { return &image{vote: raftapi.Nobody, config: -1, tip: true} }

// last returns the index and term of the last entry.
func (d *image) last() (raftapi.Index, raftapi.Term) {
	if n := len(d.log); n > 0 {
		return d.log[n-1].index, d.log[n-1].term
	}
	return d.base, d.baseTerm
}

// at returns the entry at an index; ok is false if the image does not have it,
// or has it in its snapshot.
func (d *image) at(i raftapi.Index) (e entry, ok bool) {
	if n := i - d.base - 1; n >= 0 && n < len(d.log) {
		return d.log[n], true
	}
	return entry{}, false
}

// termAt returns the term of the entry at an index; ok is false if the image
// cannot tell.
func (d *image) termAt(i raftapi.Index) (t raftapi.Term, ok bool) {
	if i == d.base {
		return d.baseTerm, true
	}
	e, ok := d.at(i)
	return e.term, ok
}

// newest returns the newest configuration of the image, or the first of all,
// and the index of its entry.
func (d *image) newest(first *raftapi.Config) (*raftapi.Config, raftapi.Index) {
	switch {
	case d.config >= 0:
		return d.log[d.config].config, d.log[d.config].index
	case d.first != nil && len(d.first.Old) > 0:
		return d.first, d.base
	}
	return first, 0
}

// A rawLog is how a log looks in gob: the bytes of all its entries, and where
// each ends.
type rawLog struct {
	bytes []byte
	ends  []int
	typ   int // gob's number of an entry's type
	same  int // so many entries are the same bytes as in the image before
	skip  int // so many entries at the beginning are in the snapshot, too
}

// A savedImage is a *labrpc.Image.
type savedImage interface {
	State() []byte
	Snapshot() []byte
}

// disks reads what servers save.
type disks struct {
	types    gobTypes
	commands map[string]entry // by how they look in gob: print and command alone
	gob      *gob.Decoder     // has seen every definition
	feed     bytes.Buffer
	box      int // gob's number of the type box
	plans    map[int]*savedPlan
}

// A box is what a command is put in for gob to decode it.
type box struct{ Command any }

func newDisks() *disks {
	d := &disks{types: make(gobTypes), commands: make(map[string]entry), plans: make(map[int]*savedPlan)}
	d.gob = gob.NewDecoder(&d.feed)
	var out bytes.Buffer
	if gob.NewEncoder(&out).Encode(&box{}) == nil {
		defs, value, _ := messages(out.Bytes())
		for _, def := range defs {
			d.define(def)
		}
		r := gobReader{b: value}
		d.box = r.int()
	}
	return d
}

// define takes in the definition of a type.
func (d *disks) define(def []byte) error {
	known := len(d.types)
	if err := d.types.define(def); err != nil {
		return err
	}
	if len(d.types) > known {
		writeMessage(&d.feed, def)
	}
	return nil
}

// writeMessage writes a message of a gob stream, its length first.
func writeMessage(out *bytes.Buffer, m []byte) {
	if n := len(m); n <= 0x7f {
		out.WriteByte(byte(n))
	} else {
		out.Write([]byte{0xfc, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) // four digits
	}
	out.Write(m)
}

// read returns what a Save wrote. before is what the machine saved last.
func (d *disks) read(e *trace.Event, before *image) (*image, error) {
	saved, ok := e.Payload.(savedImage)
	if !ok {
		return nil, fmt.Errorf("the image is a %T", e.Payload)
	}
	out := blank()
	out.event, out.number, out.snapshot = e.ID, e.N, saved.Snapshot()
	if len(saved.State()) == 0 {
		return out, nil
	}
	if err := d.walk(saved.State(), before, out); err != nil {
		return nil, err
	}
	out.config = newestConfig(out, before)
	return out, nil
}

// newestConfig returns the number in the log of the newest configuration, of
// which before tells where the entries are the same.
func newestConfig(d, before *image) int {
	for i := len(d.log) - 1; i >= 0; i-- {
		if i < d.kept && before.config < d.kept {
			return before.config
		}
		if d.log[i].config != nil {
			return i
		}
	}
	return -1
}

// whole decodes a state with package gob.
func whole(state []byte, out *image) error {
	var s raftapi.Saved
	if err := labgob.NewDecoder(bytes.NewReader(state)).Decode(&s); err != nil {
		return err
	}
	out.term, out.vote = s.CurrentTerm, s.VotedFor
	out.base, out.baseTerm, out.first = s.LastIncludedIndex, s.LastIncludedTerm, s.Config
	for _, e := range s.Log {
		if e.Index <= s.LastIncludedIndex {
			continue
		}
		print, err := printOf(e.Command, e.Config)
		if err != nil {
			return err
		}
		out.log = append(out.log, entry{e.Index, e.Term, print, e.Command, e.Config})
	}
	return contiguous(out, 0)
}

// A gap is that an entry does not follow the one before it.
type gap struct{ after, index raftapi.Index }

func (g gap) Error() string {
	return fmt.Sprintf("its log has an entry of index %d where index %d should be", g.index, g.after+1)
}

// contiguous says what is wrong with the indexes of a log, from its i-th entry
// on.
func contiguous(d *image, i int) error {
	for ; i < len(d.log); i++ {
		if before := d.base + i; d.log[i].index != before+1 {
			return gap{before, d.log[i].index}
		}
	}
	return nil
}
