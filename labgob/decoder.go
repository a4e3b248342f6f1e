package labgob

import (
	"bufio"
	"bytes"
	"encoding/gob"
	"errors"
	"io"
	"reflect"
	"sync"

	"distlabs/labgob/internal/complaint"
	"distlabs/labgob/internal/gobtype"
)

// A LabDecoder reads values, as a gob.Decoder does. It may be used by several
// goroutines.
//
// To find out whether old content survived, it decodes the same bytes once
// more, into a new variable, and compares; only where the variable was not
// empty, so that a careful program pays nothing.
type LabDecoder struct {
	mu sync.Mutex
	// mu guards:
	gob  *gob.Decoder
	read recorder
}

// NewDecoder returns a decoder that reads from r. As with gob, it may read
// ahead if r is no io.ByteReader.
func NewDecoder(r io.Reader) *LabDecoder {
	source, ok := r.(byteReader)
	if !ok {
		source = bufio.NewReader(r)
	}
	dec := &LabDecoder{read: recorder{source: source}}
	dec.gob = gob.NewDecoder(&dec.read)
	return dec
}

// Decode reads the next value into what e points to, or drops it if e is nil.
// At the end of the input the error is io.EOF.
func (dec *LabDecoder) Decode(e any) error {
	v := reflect.ValueOf(e)
	if e != nil && v.Kind() != reflect.Pointer {
		return errors.New("labgob: a value is decoded into something that is no pointer; pass the address of a variable")
	}
	return dec.DecodeValue(v)
}

// DecodeValue is Decode for the pointer, or settable variable, that v holds.
func (dec *LabDecoder) DecodeValue(v reflect.Value) (err error) {
	dec.mu.Lock()
	defer dec.mu.Unlock()
	if !v.IsValid() {
		defer dec.read.next()
		return dec.gob.DecodeValue(v)
	}
	dirty := gobtype.Dirty(v)
	defer dec.read.next()
	defer recovered(&err, "decoded", v.Type())
	if err := dec.gob.DecodeValue(v); err != nil {
		return err
	}
	if dirty {
		dec.compare(v)
	}
	return nil
}

// compare complains where v holds something else than a new variable would
// after the same bytes.
func (dec *LabDecoder) compare(v reflect.Value) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	fresh := reflect.New(v.Type())
	if gob.NewDecoder(dec.read.replay()).DecodeValue(fresh) != nil {
		return // the bytes lean on types defined inside an earlier value
	}
	told := make(map[gobtype.Stale]bool)
	for stale, probe := range gobtype.Leftovers(v, fresh.Elem()) {
		if !told[stale] && dec.sent(probe) {
			told[stale] = true
			gobtype.ComplainStale(stale.Owner, stale.Field, complaint.Where())
		}
	}
}

// sent reports whether the sender's type has the field that probe leads to.
// The probe gives that field a type that fits nothing, so that gob refuses it
// if it comes across it. A nil probe is the value itself.
func (dec *LabDecoder) sent(probe reflect.Type) bool {
	if probe == nil {
		return true
	}
	err := gob.NewDecoder(dec.read.replay()).DecodeValue(reflect.New(probe))
	return err != nil && bytes.Contains([]byte(err.Error()), []byte("wrong type"))
}

type byteReader interface {
	io.Reader
	io.ByteReader
}

// A recorder keeps the definitions of types that passed, and the bytes of the
// value that is being decoded.
type recorder struct {
	source byteReader
	types  []byte
	value  []byte
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.source.Read(p)
	r.value = append(r.value, p[:n]...)
	return n, err
}

func (r *recorder) ReadByte() (byte, error) {
	b, err := r.source.ReadByte()
	if err == nil {
		r.value = append(r.value, b)
	}
	return b, err
}

// replay returns a stream that begins with the value being decoded.
func (r *recorder) replay() io.Reader {
	return io.MultiReader(bytes.NewReader(r.types), bytes.NewReader(r.value))
}

// next forgets the value and keeps its definitions. A stream is a sequence of
// messages, each with its length before it; a message that defines a type
// begins with a negative number.
func (r *recorder) next() {
	for b := r.value; len(b) > 0; {
		length, n := number(b)
		if n == 0 || length > uint64(len(b)-n) {
			break
		}
		end := n + int(length)
		if id, m := number(b[n:]); m > 0 && id&1 != 0 {
			r.types = append(r.types, b[:end]...)
		}
		b = b[end:]
	}
	r.value = r.value[:0]
}

// number reads one of gob's numbers, n bytes long; n is 0 if there is none.
func number(b []byte) (x uint64, n int) {
	if len(b) == 0 {
		return 0, 0
	}
	if b[0] <= 0x7f {
		return uint64(b[0]), 1
	}
	n = -int(int8(b[0]))
	if n > 8 || n >= len(b) {
		return 0, 0
	}
	for _, d := range b[1 : n+1] {
		x = x<<8 | uint64(d)
	}
	return x, n + 1
}
