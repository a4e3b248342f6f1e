// Package gobtype knows how encoding/gob looks at a type: what is behind its
// pointers, whether it encodes itself, which of its fields travel, and under
// which name it was registered.
package gobtype

import (
	"encoding"
	"encoding/gob"
	"fmt"
	"reflect"
)

// A Self says by which pair of methods a type encodes or decodes itself.
type Self uint8

const (
	No     Self = iota // by its fields or elements
	Gob                // GobEncode, GobDecode
	Binary             // MarshalBinary, UnmarshalBinary
)

// A Shape is gob's view of a type.
type Shape struct {
	Base  reflect.Type // the type behind all pointers
	Indir int          // number of pointers before Base

	// Enc and Dec tell types that answer for themselves. The method's receiver
	// is EncIndir (DecIndir) pointers away from the type; -1 means that it is
	// the type's address.
	Enc, Dec           Self
	EncIndir, DecIndir int
}

var (
	gobEncoder        = reflect.TypeFor[gob.GobEncoder]()
	gobDecoder        = reflect.TypeFor[gob.GobDecoder]()
	binaryMarshaler   = reflect.TypeFor[encoding.BinaryMarshaler]()
	binaryUnmarshaler = reflect.TypeFor[encoding.BinaryUnmarshaler]()
)

// ShapeOf looks at t as gob does. The error names a type that is nothing but
// pointers to itself.
func ShapeOf(t reflect.Type) (Shape, error) {
	s := Shape{Base: t}
	for slow := t; s.Base.Kind() == reflect.Pointer; s.Indir++ {
		s.Base = s.Base.Elem()
		if s.Base == slow {
			return s, fmt.Errorf("labgob: %s is a pointer to itself and holds no data; send another type", t)
		}
		if s.Indir%2 == 0 {
			slow = slow.Elem()
		}
	}
	if ok, n := receiver(t, gobEncoder); ok {
		s.Enc, s.EncIndir = Gob, n
	} else if ok, n := receiver(t, binaryMarshaler); ok {
		s.Enc, s.EncIndir = Binary, n
	}
	if ok, n := receiver(t, gobDecoder); ok {
		s.Dec, s.DecIndir = Gob, n
	} else if ok, n := receiver(t, binaryUnmarshaler); ok {
		s.Dec, s.DecIndir = Binary, n
	}
	return s, nil
}

// receiver reports whether t has the methods of iface, and how many pointers
// away.
func receiver(t, iface reflect.Type) (ok bool, indir int) {
	for rt := t; ; rt = rt.Elem() {
		if rt.Implements(iface) {
			return true, indir
		}
		if rt.Kind() != reflect.Pointer {
			break
		}
		indir++
	}
	if t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(iface) {
		return true, -1
	}
	return false, 0
}
