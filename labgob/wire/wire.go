// Package wire carries messages between machines that share nothing.
//
// A message is bytes, made in the sender's goroutine and read in the
// receiver's, with the semantics of encoding/gob: fields match by name and
// integers by value, zero fields are not sent, what the receiver lacks is
// skipped, and what was not sent leaves the receiver's variable as it was. How
// to do that is compiled once for a sender's type, and once for a pair of
// sender's and receiver's.
//
// Handing a message from one goroutine to another needs no synchronisation
// that the race detector can see, and creates none: a student's races stay
// visible. See cache.go, job.go and bytes.go for how. Marshal, Unmarshal and
// Text tell the detector which plans they read, so they must not be called
// where runtime.RaceDisable is in force; the other methods may.
//
// It differs from gob where gob's behaviour is a trap or an accident:
// channels and functions are errors, also as fields of structs, which gob
// leaves out silently; a value is encoded by its pointer's methods wherever it
// lies; cycles and panics of a type's own methods are errors; a nil interface
// in a slice can be skipped; and the receiving fields of one type may be sent
// as different types.
package wire

import (
	"errors"
	"fmt"
	"reflect"
	"unsafe"
)

// A Message is a value on its way: bytes that share nothing with the sender or
// the receiver. It is immutable; the zero Message is empty.
type Message struct{ m *message }

// inline is how many bytes a message holds without another allocation.
const inline = 88

// A message's fields are touched in norace functions only.
type message struct {
	plan  *sendPlan
	body  []byte
	size  int
	space [inline]byte
}

// Marshal copies v, or what v points to, into a message. Call it in the
// sender's goroutine.
//
// The error names the field that cannot travel, and says what to do. A
// lower-case field is a complaint, see labgob.Listen.
func Marshal(v any) (Message, error) { return marshal(v, "") }

// MarshalReply is Marshal for a server that sends what a method has answered.
// No student's frame stands behind it: a complaint names the method instead.
func MarshalReply(v any, method string) (Message, error) { return marshal(v, method) }

func marshal(v any, method string) (Message, error) {
	word := *(*eface)(unsafe.Pointer(&v))
	if word.word == nil {
		return Message{}, errors.New("labgob: a nil interface cannot be sent; send a value")
	}
	plan := sendPlanFor(word)
	if plan.err != nil {
		return Message{}, plan.err
	}
	p, indir := plan.pointer(word)
	if p = follow(p, indir); p == nil {
		return Message{}, fmt.Errorf("labgob: a nil pointer of type %s cannot be sent; send a value", plan.typ)
	}
	m := new(message)
	e := encoder{buf: m.room(), method: method}
	e.size.describe(plan, 0)
	if len(plan.lower) > 0 {
		e.complain(plan)
	}
	if failed := e.encode(plan, p); failed != nil {
		return Message{}, explain(plan, p, failed)
	}
	m.seal(plan, e.buf, e.size.total(len(e.buf)))
	return Message{m}, nil
}

//go:norace
func (m *message) room() []byte { return m.space[:0] }

//go:norace
func (m *message) seal(plan *sendPlan, body []byte, size int) {
	m.plan, m.body, m.size = plan, body, size
}

//go:norace
func (m *message) open() (plan *sendPlan, body []byte, size int) {
	return m.plan, m.body, m.size
}

// read returns the parts of the message, of which the plan may be read in
// ordinary code.
func (m Message) read() (plan *sendPlan, body []byte, size int) {
	if m.m == nil {
		return nil, nil, 0
	}
	plan, body, size = m.m.open()
	raceAcquire(unsafe.Pointer(plan))
	return plan, body, size
}

// Unmarshal stores the message in what ptr points to. Call it in the
// receiver's goroutine.
//
// The error names the types on both sides that do not fit. What was not sent
// keeps its old content, as with gob; where that makes a difference it is a
// complaint, see labgob.Listen. Fields that the sender's type does not have
// are the receiver's own and never a complaint.
func (m Message) Unmarshal(ptr any) error { return m.UnmarshalValue(reflect.ValueOf(ptr)) }

// UnmarshalValue is Unmarshal for a pointer held in a reflect.Value.
func (m Message) UnmarshalValue(ptr reflect.Value) error {
	plan, body, _ := m.read()
	if plan == nil {
		return errors.New("labgob: there is no message to receive")
	}
	if ptr.Kind() != reflect.Pointer || ptr.IsNil() {
		return fmt.Errorf("labgob: a %s is received into something that is no pointer, or nil; pass the address of a variable", plan.typ)
	}
	t := ptr.Type().Elem()
	to := receivePlanFor(plan, t)
	if to.err != nil {
		return to.err
	}
	d := decoder{buf: body}
	return d.decode(to, t, ptr.UnsafePointer())
}

// Size is the number of bytes that a fresh gob encoder would have written for
// the message: the descriptions of its types, measured once for each type by
// having gob encode one, and the value, counted as it was encoded.
//
// It is exact, with these exceptions: gob numbers types in the order in which a
// process first uses them, so sizes may differ by a few bytes between
// processes that do not use the same types in the same order; where types come
// up behind interfaces in a map, gob's own size varies with the order in which
// it walks the map; and a type with parts that encode themselves is measured as
// the element of a slice, which takes a number for the slice, too.
func (m Message) Size() int {
	if m.m == nil {
		return 0
	}
	_, _, size := m.m.open()
	return size
}

// Hash is a number that depends on the contents and the name of the sender's
// type only: it is the same in every process, and for equal maps.
func (m Message) Hash() uint64 {
	if m.m == nil {
		return 0
	}
	seed, body := m.m.contents()
	return hashBytes(seed, body)
}

//go:norace
func (m *message) contents() (seed uint64, body []byte) { return m.plan.hash, m.body }

// Type is the sender's type, without pointers; nil for the zero Message.
func (m Message) Type() reflect.Type {
	if m.m == nil {
		return nil
	}
	return m.m.typ()
}

//go:norace
func (m *message) typ() reflect.Type { return m.plan.base }
