package rafttest

import (
	"errors"
	"fmt"
)

// A server saves its whole state each time, of which little is new. So the
// state is not decoded by package gob, but walked: the walk knows where each
// entry of the log begins and ends, and entries that are the same bytes as
// before are not read again.
//
// A gob stream is messages, each with its length before it. One that begins
// with a negative number defines the type of that number; the others are
// values. See the comment of package encoding/gob.

var errGob = errors.New("this is not what gob writes")

// gob's own types.
const (
	gobBool      = 1
	gobInt       = 2
	gobUint      = 3
	gobFloat     = 4
	gobBytes     = 5
	gobComplex   = 6
	gobString    = 7
	gobInterface = 8
)

// A gobType is a type that a stream defines.
type gobType struct {
	fields    []gobField // of a struct
	key, elem int        // of a map; of a slice or an array, elem alone
	kind      gobKind
}

type gobField struct {
	name string
	id   int
}

// A gobKind is the field of gob's description that is there.
type gobKind int

const (
	gobArray gobKind = iota
	gobSlice
	gobStruct
	gobMap
	gobSelf // and what follows: types that encode themselves, as bytes
)

// A gobReader reads numbers and runs of bytes. After an error it stands at the
// end.
type gobReader struct {
	b   []byte
	pos int
	bad bool
}

func (r *gobReader) fail() {
	r.pos, r.bad = len(r.b), true
}

func (r *gobReader) uint() uint64 {
	if r.pos >= len(r.b) {
		r.fail()
		return 0
	}
	c := r.b[r.pos]
	r.pos++
	if c <= 0x7f {
		return uint64(c)
	}
	n := -int(int8(c))
	if n > 8 || n > len(r.b)-r.pos {
		r.fail()
		return 0
	}
	var x uint64
	for _, d := range r.b[r.pos : r.pos+n] {
		x = x<<8 | uint64(d)
	}
	r.pos += n
	return x
}

func (r *gobReader) int() int {
	x := r.uint()
	if x&1 != 0 {
		return int(^int64(x >> 1))
	}
	return int(x >> 1)
}

// run returns the next bytes, whose number comes first.
func (r *gobReader) run() []byte {
	n := r.uint()
	if n > uint64(len(r.b)-r.pos) {
		r.fail()
		return nil
	}
	r.pos += int(n)
	return r.b[r.pos-int(n) : r.pos]
}

// count reads how many elements follow, each of a byte at least.
func (r *gobReader) count() int {
	n := r.uint()
	if n > uint64(len(r.b)-r.pos) {
		r.fail()
		return 0
	}
	return int(n)
}

// fields calls f with the number of each field that was sent; f reads it.
func (r *gobReader) fields(f func(i int)) {
	for i := -1; !r.bad; {
		delta := r.uint()
		if delta == 0 {
			return
		}
		if delta > 1<<16 {
			r.fail()
			return
		}
		i += int(delta)
		f(i)
	}
}

// gobTypes are the types that streams have defined. In one process a number
// always means the same type.
type gobTypes map[int]*gobType

// define reads a message that defines a type, from its negative number on.
func (t gobTypes) define(b []byte) error {
	r := gobReader{b: b}
	id := -r.int()
	if _, ok := t[id]; ok && !r.bad {
		return nil
	}
	def := new(gobType)
	r.fields(func(kind int) {
		def.kind = min(gobKind(kind), gobSelf)
		r.fields(func(part int) {
			switch {
			case part == 0: // the type's name and number
				r.fields(func(i int) {
					if i == 0 {
						r.run()
					} else {
						r.int()
					}
				})
			case def.kind == gobStruct:
				for range r.count() {
					var f gobField
					r.fields(func(i int) {
						if i == 0 {
							f.name = string(r.run())
						} else {
							f.id = r.int()
						}
					})
					def.fields = append(def.fields, f)
				}
			case def.kind == gobMap && part == 1:
				def.key = r.int()
			case part == 1 || def.kind == gobMap:
				def.elem = r.int()
			default:
				r.int() // an array's length
			}
		})
	})
	if r.bad {
		return errGob
	}
	t[id] = def
	return nil
}

// skip passes over a value of the type with that number.
func (t gobTypes) skip(r *gobReader, id int) {
	switch id {
	case gobBool, gobInt, gobUint, gobFloat:
		r.uint()
		return
	case gobComplex:
		r.uint()
		r.uint()
		return
	case gobBytes, gobString:
		r.run()
		return
	case gobInterface:
		if len(r.run()) > 0 {
			r.int()
			r.run()
		}
		return
	}
	def := t[id]
	if def == nil {
		r.fail()
		return
	}
	switch def.kind {
	case gobStruct:
		r.fields(func(i int) { t.field(r, def, i) })
	case gobSlice, gobArray:
		for n := r.count(); n > 0 && !r.bad; n-- {
			t.skip(r, def.elem)
		}
	case gobMap:
		for n := r.count(); n > 0 && !r.bad; n-- {
			t.skip(r, def.key)
			t.skip(r, def.elem)
		}
	default:
		r.run()
	}
}

// field passes over a field of a struct.
func (t gobTypes) field(r *gobReader, def *gobType, i int) {
	if i >= len(def.fields) {
		r.fail()
		return
	}
	t.skip(r, def.fields[i].id)
}

// structOf returns the struct type with that number.
func (t gobTypes) structOf(id int) (*gobType, error) {
	if def := t[id]; def != nil && def.kind == gobStruct {
		return def, nil
	}
	return nil, fmt.Errorf("%w: a struct is wanted", errGob)
}

// elemOf returns the element type of the slice with that number.
func (t gobTypes) elemOf(id int) (int, error) {
	if def := t[id]; def != nil && (def.kind == gobSlice || def.kind == gobArray) {
		return def.elem, nil
	}
	return 0, fmt.Errorf("%w: a slice is wanted", errGob)
}

// messages splits a stream into the definitions before its first value, and
// that value.
func messages(stream []byte) (definitions [][]byte, value []byte, err error) {
	r := gobReader{b: stream}
	for {
		m := r.run()
		if r.bad || len(m) == 0 {
			return nil, nil, errGob
		}
		id := gobReader{b: m}
		if id.int() >= 0 {
			return definitions, m, nil
		}
		definitions = append(definitions, m)
	}
}
