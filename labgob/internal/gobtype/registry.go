package gobtype

import (
	"encoding/gob"
	"fmt"
	"reflect"
	"sync"

	"distlabs/labgob/internal/complaint"
)

// gob keeps its registry to itself, so this is another beside it.
var (
	registry sync.RWMutex
	// registry guards:
	byName = make(map[string]reflect.Type) // as registered
	byBase = make(map[reflect.Type]string) // keyed by the type behind pointers
)

func init() {
	for _, v := range []any{
		int(0), int8(0), int16(0), int32(0), int64(0),
		uint(0), uint8(0), uint16(0), uint32(0), uint64(0), uintptr(0),
		float32(0), float64(0), complex64(0), complex128(0), false, "",
		[]int(nil), []int8(nil), []int16(nil), []int32(nil), []int64(nil),
		[]uint(nil), []uint8(nil), []uint16(nil), []uint32(nil), []uint64(nil), []uintptr(nil),
		[]float32(nil), []float64(nil), []complex64(nil), []complex128(nil), []bool(nil), []string(nil),
	} {
		note(defaultName(reflect.TypeOf(v)), reflect.TypeOf(v))
	}
}

// Register makes value's type known under gob's default name, here and in gob.
// A conflict is a complaint.
func Register(value any) {
	if value == nil {
		conflict("nil", "it has no type; register a value of the type, as in labgob.Register(T{})")
		return
	}
	RegisterName(defaultName(reflect.TypeOf(value)), value)
}

// RegisterName makes value's type known under name, here and in gob. A conflict
// is a complaint.
func RegisterName(name string, value any) {
	if value == nil {
		conflict("nil", "it has no type; register a value of the type, as in labgob.Register(T{})")
		return
	}
	t := reflect.TypeOf(value)
	defer func() {
		if r := recover(); r != nil {
			conflict(t.String(), fmt.Sprint(r)+"; register each type once, under one name")
		}
	}()
	gob.RegisterName(name, value)
	note(name, t)
}

func note(name string, t reflect.Type) {
	base := t
	for base.Kind() == reflect.Pointer {
		base = base.Elem()
	}
	registry.Lock()
	defer registry.Unlock()
	byName[name] = t
	byBase[base] = name
}

func conflict(typ, why string) {
	where := complaint.Where()
	place := ""
	if where != "" {
		place = " at " + where
	}
	complaint.Raise(complaint.Complaint{
		Rule: complaint.RegisterConflict, Type: typ, Where: where,
		Text: fmt.Sprintf("%s is registered%s, but %s.", typ, place, why),
	})
}

// NameOf is the name under which t, or the type behind its pointers, was
// registered; ok is false if it was not.
func NameOf(t reflect.Type) (name string, ok bool) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	registry.RLock()
	defer registry.RUnlock()
	name, ok = byBase[t]
	return name, ok
}

// TypeOf is the type that was registered under name, or nil.
func TypeOf(name string) reflect.Type {
	registry.RLock()
	defer registry.RUnlock()
	return byName[name]
}

// NotRegistered is the error for a value of type t behind the interface at
// place.
func NotRegistered(t reflect.Type, place string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	sample := t.String() + "{}"
	switch t.Kind() {
	case reflect.Struct, reflect.Slice, reflect.Map, reflect.Array:
	default:
		sample = "*new(" + t.String() + ")"
	}
	return fmt.Errorf("labgob: %s is an interface that holds a %s, which is not registered; call labgob.Register(%s) before it is sent", place, t, sample)
}

// defaultName is the name that gob.Register gives to t, bug for bug: a pointer
// to a named type is not qualified by its import path.
func defaultName(t reflect.Type) string {
	if t.Name() == "" || t.PkgPath() == "" {
		return t.String()
	}
	return t.PkgPath() + "." + t.Name()
}
