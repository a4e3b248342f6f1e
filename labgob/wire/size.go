package wire

import (
	"bytes"
	"encoding/gob"
	"reflect"

	"distlabs/labgob/internal/gobtype"
)

// An envelope is what a fresh gob encoder adds to the bytes of a value: it
// describes the types first, and writes the value's type id. Ids are given out
// by gob in the order in which types are first used in the process, so they,
// and with them the length of a message, can differ by a few bytes from process
// to process; within one they never change.
type envelope struct {
	idSize int          // bytes of the type id
	types  []descriptor // of the type and those within it, in gob's order
}

// A descriptor describes a type; size is its bytes without the length before
// them.
type descriptor struct{ id, size int }

// measure has gob encode a zero value of type t and reads from its output
// what it would put around any other.
func measure(t reflect.Type) envelope {
	shape, err := gobtype.ShapeOf(t)
	if err != nil {
		return envelope{idSize: 1}
	}
	if !gobtype.Check(t).SelfEncoding {
		if env, ok := measured(reflect.New(shape.Base), 0); ok {
			return env
		}
	}
	// A type's own method is not for us to call, and an array of pointers has
	// no zero: an empty slice brings the same descriptors after its own.
	env, _ := measured(reflect.New(reflect.SliceOf(t)), 1)
	if len(env.types) > 0 {
		env.idSize = uintSize(zigzag(int64(env.types[0].id)))
	}
	return env
}

// measured encodes what ptr points to and drops the first descriptors.
func measured(ptr reflect.Value, drop int) (env envelope, ok bool) {
	defer func() {
		if recover() != nil {
			env, ok = envelope{idSize: 1}, false
		}
	}()
	var out bytes.Buffer
	if err := gob.NewEncoder(&out).EncodeValue(ptr); err != nil {
		return envelope{idSize: 1}, false
	}
	b := out.Bytes()
	for at := 0; at < len(b); {
		length, body := readUint(b, at)
		end := body + int(length)
		x, next := readUint(b, body)
		id := unzigzag(x)
		if id >= 0 {
			env.idSize = next - body
		} else if drop > 0 {
			drop--
		} else {
			env.types = append(env.types, descriptor{int(-id), end - body})
		}
		at = end
	}
	return env, true
}

// A sizer follows along while a value is encoded, and counts what gob would
// have written.
//
// gob fills a buffer for the message, and another for each value in an
// interface. When it meets a type that was not described yet, it adds the
// descriptor to the buffer and flushes it, length first, into the buffer
// outside, or into the stream; the next descriptors and the rest follow as
// messages of their own.
type sizer struct {
	level
	count int
	few   [4]*sendPlan // the first plans that were described
	more  []*sendPlan
}

// A level is one of gob's buffers. It holds as many bytes as we have written
// since from, and extra ones.
type level struct {
	from    int
	extra   int
	flushed int // what went to the buffer outside
}

func (l *level) length(pos int) int { return pos - l.from + l.extra }

func (s *sizer) seen(i int) *sendPlan {
	if i < len(s.few) {
		return s.few[i]
	}
	return s.more[i-len(s.few)]
}

// describe counts the descriptors of plan's types that were not yet written,
// after pos bytes of ours, and the type id after them.
func (s *sizer) describe(plan *sendPlan, pos int) {
	defer func() { s.extra += plan.envelope.idSize }()
	if len(plan.envelope.types) == 0 {
		return
	}
	for i := range s.count {
		if s.seen(i) == plan {
			return
		}
	}
	for _, d := range plan.envelope.types {
		if s.described(d.id) {
			continue
		}
		length := s.length(pos) + d.size
		s.flushed += uintSize(uint64(length)) + length
		s.from, s.extra = pos, 0
	}
	if s.count < len(s.few) {
		s.few[s.count] = plan
	} else {
		s.more = append(s.more, plan)
	}
	s.count++
}

func (s *sizer) described(id int) bool {
	for i := range s.count {
		for _, d := range s.seen(i).envelope.types {
			if d.id == id {
				return true
			}
		}
	}
	return false
}

// enter is called before the value in an interface is encoded, leave after it
// with enter's result and argument.
func (s *sizer) enter(plan *sendPlan, pos int) (outer level) {
	s.describe(plan, pos)
	outer = s.level
	s.level = level{from: pos}
	return outer
}

func (s *sizer) leave(outer level, start, pos int) {
	length := s.length(pos)
	// The outer buffer counts the bytes from start to pos as they are.
	outer.extra += s.flushed + uintSize(uint64(length)) + length - (pos - start)
	s.level = outer
}

// total is the size of a whole message after pos bytes of ours.
func (s *sizer) total(pos int) int {
	length := s.length(pos)
	return s.flushed + uintSize(uint64(length)) + length
}
