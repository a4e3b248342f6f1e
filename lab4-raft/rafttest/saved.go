package rafttest

import (
	"bytes"
	"fmt"
	"slices"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

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
