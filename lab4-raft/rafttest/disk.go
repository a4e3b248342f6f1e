package rafttest

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"slices"

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

// A savedPlan says which fields of a server's struct are which.
type savedPlan struct {
	def    *gobType
	fields []savedField
	entry  []savedField // of an entry of its log
}

// A savedField is a field of raftapi.Saved or raftapi.Entry.
type savedField int

const (
	otherField savedField = iota
	currentTerm
	votedFor
	logField
	lastIncludedIndex
	lastIncludedTerm
	configField
	indexField
	termField
	commandField
)

var savedFields = map[string]savedField{"CurrentTerm": currentTerm, "VotedFor": votedFor, "Log": logField,
	"LastIncludedIndex": lastIncludedIndex, "LastIncludedTerm": lastIncludedTerm, "Config": configField}

var entryFields = map[string]savedField{"Index": indexField, "Term": termField, "Command": commandField, "Config": configField}

// plan returns how to read a struct of the type with that number.
func (d *disks) plan(id int) (*savedPlan, error) {
	if p := d.plans[id]; p != nil {
		return p, nil
	}
	def, err := d.types.structOf(id)
	if err != nil {
		return nil, err
	}
	p := &savedPlan{def: def}
	for _, f := range def.fields {
		field := savedFields[f.name]
		p.fields = append(p.fields, field)
		switch field {
		case currentTerm, votedFor, lastIncludedIndex, lastIncludedTerm:
			if f.id != gobInt {
				return nil, fmt.Errorf("its field %s is no integer", f.name)
			}
		case logField:
			elem, err := d.types.elemOf(f.id)
			if err != nil {
				return nil, fmt.Errorf("its field Log is no slice")
			}
			entryDef, err := d.types.structOf(elem)
			if err != nil {
				return nil, fmt.Errorf("its field Log is no slice of structs")
			}
			for _, g := range entryDef.fields {
				inner := entryFields[g.name]
				if (inner == indexField || inner == termField) && g.id != gobInt || inner == commandField && g.id != gobInterface {
					return nil, fmt.Errorf("the field %s of its log's entries is of another type than in raftapi.Entry", g.name)
				}
				p.entry = append(p.entry, inner)
			}
		}
	}
	for name, field := range savedFields {
		if field != configField && field != lastIncludedIndex && field != lastIncludedTerm && !slices.Contains(p.fields, field) {
			return nil, fmt.Errorf("it has no field %s", name)
		}
	}
	d.plans[id] = p
	return p, nil
}

// walk reads a state into out, of which only what differs from before is new.
func (d *disks) walk(state []byte, before, out *image) error {
	defs, value, err := messages(state)
	if err != nil {
		return err
	}
	for _, def := range defs {
		if err := d.define(def); err != nil {
			return err
		}
	}
	r := gobReader{b: value}
	p, err := d.plan(r.int())
	if err != nil {
		return err
	}
	out.vote = 0 // gob does not send zeros
	logAt, logType := -1, 0
	r.fields(func(i int) {
		if i >= len(p.fields) {
			r.fail()
			return
		}
		switch p.fields[i] {
		case currentTerm:
			out.term = r.int()
		case votedFor:
			out.vote = labrpc.NodeID(r.int())
		case lastIncludedIndex:
			out.base = r.int()
		case lastIncludedTerm:
			out.baseTerm = r.int()
		case configField:
			out.first = d.config(&r, p.def.fields[i].id)
		case logField:
			logAt = r.pos
			logType, _ = d.types.elemOf(p.def.fields[i].id)
			d.skipLog(&r, logType, before, out)
		default:
			d.types.field(&r, p.def, i)
		}
	})
	if r.bad {
		out.raw = rawLog{}
		return whole(state, out)
	}
	if logAt < 0 {
		return nil
	}
	return d.readLog(p, before, out)
}

// skipLog notes where the entries of a log begin and end. Those which are the
// same bytes as before end at the same place.
func (d *disks) skipLog(r *gobReader, typ int, before, out *image) {
	n := r.count()
	start := r.pos
	out.raw.typ = typ
	if before.raw.typ == typ {
		same := samePrefix(before.raw.bytes, r.b[start:])
		k, _ := slices.BinarySearch(before.raw.ends, same+1)
		k = min(k, n)
		out.raw.same = k
		out.raw.ends = before.raw.ends[:k:k]
		if k > 0 {
			r.pos = start + before.raw.ends[k-1]
		}
	}
	if out.raw.ends == nil {
		out.raw.ends = make([]int, 0, n)
	}
	out.raw.ends = slices.Grow(out.raw.ends, n-len(out.raw.ends))
	for i := len(out.raw.ends); i < n && !r.bad; i++ {
		d.types.skip(r, typ)
		out.raw.ends = append(out.raw.ends, r.pos-start)
	}
	out.raw.bytes = r.b[start:r.pos]
}

// samePrefix returns how many bytes at the beginning of a and b are the same.
func samePrefix(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for step := 256; i+step <= n && bytes.Equal(a[i:i+step], b[i:i+step]); {
		i += step
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// readLog reads the entries of a log whose places are known. A log that has
// the same snapshot as before shares what it has in common.
func (d *disks) readLog(p *savedPlan, before, out *image) error {
	ends := out.raw.ends
	from := func(i int) int {
		if i == 0 {
			return 0
		}
		return ends[i-1]
	}
	read := func(i int) (entry, error) { return d.entry(p, out.raw.typ, out.raw.bytes[from(i):ends[i]]) }

	skip := 0
	for ; skip < len(ends); skip++ {
		e, err := read(skip)
		if err != nil {
			return err
		}
		if e.index > out.base {
			break
		}
	}
	out.raw.skip = skip
	kept := 0
	if before.base == out.base && before.raw.skip == skip {
		kept = max(0, out.raw.same-skip)
	}
	out.kept = kept
	if kept == len(before.log) && before.tip {
		before.tip = false
		out.log = before.log
	} else {
		out.log = slices.Clone(before.log[:kept])
	}
	for i := skip + kept; i < len(ends); i++ {
		e, err := read(i)
		if err != nil {
			return err
		}
		out.log = append(out.log, e)
	}
	return contiguous(out, kept)
}

// entry reads one entry.
func (d *disks) entry(p *savedPlan, typ int, b []byte) (e entry, err error) {
	def, err := d.types.structOf(typ)
	if err != nil {
		return e, err
	}
	r := gobReader{b: b}
	e.print = noPrint
	r.fields(func(i int) {
		if i >= len(p.entry) {
			r.fail()
			return
		}
		switch p.entry[i] {
		case indexField:
			e.index = r.int()
		case termField:
			e.term = r.int()
		case commandField:
			from := r.pos
			d.types.skip(&r, gobInterface)
			if c, failed := d.command(b[from:r.pos]); failed != nil {
				err = failed
			} else if e.config == nil {
				e.print, e.command = c.print, c.command
			}
		case configField:
			e.config = d.config(&r, def.fields[i].id)
			if e.config != nil {
				e.print = printOfConfig(e.config)
			}
		default:
			d.types.field(&r, def, i)
		}
	})
	if r.bad && err == nil {
		err = errGob
	}
	return e, err
}

// command decodes a command, which is an interface as gob writes it.
func (d *disks) command(b []byte) (entry, error) {
	if e, ok := d.commands[string(b)]; ok {
		return e, nil
	}
	var x box
	var m bytes.Buffer
	id := uint64(d.box) << 1
	for shift := 8; ; shift += 8 {
		if shift == 64 || id < 1<<shift {
			if id <= 0x7f {
				m.WriteByte(byte(id))
				break
			}
			m.WriteByte(byte(-(shift / 8)))
			for s := shift - 8; s >= 0; s -= 8 {
				m.WriteByte(byte(id >> s))
			}
			break
		}
	}
	m.WriteByte(1)
	m.Write(b)
	m.WriteByte(0)
	writeMessage(&d.feed, m.Bytes())
	if err := d.gob.Decode(&x); err != nil {
		return entry{}, fmt.Errorf("a command cannot be decoded: %w", err)
	}
	print, err := printOfCommand(x.Command)
	if err != nil {
		return entry{}, err
	}
	e := entry{print: print, command: x.Command}
	d.commands[string(b)] = e
	return e, nil
}

// config reads a configuration.
func (d *disks) config(r *gobReader, id int) *raftapi.Config {
	def, err := d.types.structOf(id)
	if err != nil {
		r.fail()
		return nil
	}
	c := new(raftapi.Config)
	r.fields(func(i int) {
		if i >= len(def.fields) {
			r.fail()
			return
		}
		list := &c.Old
		switch def.fields[i].name {
		case "Old":
		case "New":
			list = &c.New
		default:
			d.types.field(r, def, i)
			return
		}
		for n := r.count(); n > 0 && !r.bad; n-- {
			*list = append(*list, labrpc.NodeID(r.int()))
		}
	})
	return c
}
