// Package wire carries messages between machines that share nothing.
//
// A message is bytes, made in the sender's goroutine and read in the
// receiver's, with the semantics of encoding/gob: fields match by name, zero
// fields are not sent, what the receiver lacks is skipped.
package wire

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"hash/fnv"
	"reflect"
)

// A Message is a value on its way: bytes that share nothing with the sender or
// the receiver. It is immutable; the zero Message is empty.
type Message struct{ m *message }

type message struct {
	typ  reflect.Type
	body []byte
	text string
}

// Marshal copies v, or what v points to, into a message. Call it in the
// sender's goroutine.
func Marshal(v any) (Message, error) { return MarshalFor(v, nil) }

// MarshalFor is Marshal for a caller that no student's frame stands behind,
// such as a server that sends a handler's reply: where is called to say, in a
// complaint, where the value comes from. A nil where means the stack.
func MarshalFor(v any, where func() string) (_ Message, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(v); err != nil {
		return Message{}, err
	}
	t := reflect.TypeOf(v)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return Message{&message{t, b.Bytes(), fmt.Sprintf("%+v", v)}}, nil
}

// Unmarshal stores the message in what ptr points to. Call it in the
// receiver's goroutine.
func (m Message) Unmarshal(ptr any) error { return m.UnmarshalValue(reflect.ValueOf(ptr)) }

// UnmarshalValue is Unmarshal for a pointer held in a reflect.Value.
func (m Message) UnmarshalValue(ptr reflect.Value) error {
	return gob.NewDecoder(bytes.NewReader(m.m.body)).DecodeValue(ptr)
}

// Size is the number of bytes that a fresh gob encoder would have written.
func (m Message) Size() int {
	if m.m == nil {
		return 0
	}
	return len(m.m.body)
}

// Hash is a number that depends on the contents only: it is the same in every
// process.
func (m Message) Hash() uint64 {
	h := fnv.New64a()
	if m.m != nil {
		h.Write(m.m.body)
	}
	return h.Sum64()
}

// Type is the sender's type, without pointers; nil for the zero Message.
func (m Message) Type() reflect.Type {
	if m.m == nil {
		return nil
	}
	return m.m.typ
}

// Text renders the contents for reading, as in {Term:3 CandidateID:1}, cut to
// about max bytes.
func (m Message) Text(max int) string {
	if m.m == nil {
		return ""
	}
	s := m.m.text
	if len(s) > max {
		s = s[:max] + "…"
	}
	return s
}
