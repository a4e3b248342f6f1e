package gobtype

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// MaxDepth bounds how deep a value may nest. A deeper one is taken for a cycle,
// on which gob would overflow the stack.
const MaxDepth = 10_000

// A Walker looks at what is behind the interfaces and pointers of a value that
// is about to be encoded.
type Walker struct {
	Top      reflect.Type                      // the type of the whole
	Complain func(t reflect.Type, f []Finding) // told of what is found behind interfaces

	path   []hop
	shapes map[reflect.Type]shaped // of the types met so far: a log has thousands of values of one type
}

type shaped struct {
	Shape
	err error
}

// shape is ShapeOf, remembered for this walk. A memory of all walks would order
// goroutines in the eyes of the race detector.
func (w *Walker) shape(t reflect.Type) (Shape, error) {
	s, ok := w.shapes[t]
	if !ok {
		s.Shape, s.err = ShapeOf(t)
		if w.shapes == nil {
			w.shapes = make(map[reflect.Type]shaped)
		}
		w.shapes[t] = s
	}
	return s.Shape, s.err
}

// A hop leads from a value to one within it. It becomes text only when
// somebody asks.
type hop struct {
	field string        // of a struct
	index int           // of a slice or array, if the rest is empty
	key   reflect.Value // of a map: the value below it
}

// theKey is the hop to a map's key itself.
var theKey = hop{field: "[key]"}

func (h hop) String() string {
	switch {
	case h.field == theKey.field:
		return h.field
	case h.field != "":
		return "." + h.field
	case h.key.IsValid():
		return fmt.Sprintf("[%.40v]", h.key)
	}
	return "[" + strconv.Itoa(h.index) + "]"
}

// Check refuses values that gob would refuse, in a sentence that names the
// place, and those on which it would overflow the stack.
func (w *Walker) Check(v reflect.Value) error {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return fmt.Errorf("labgob: a nil pointer of type %s cannot be sent; send a value", w.Top)
		}
		v = v.Elem()
	}
	return w.value(v)
}

func (w *Walker) place() string {
	t := w.Top
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var path strings.Builder
	for _, h := range w.path[:min(len(w.path), 16)] {
		path.WriteString(h.String())
	}
	return t.String() + path.String()
}

// plain reports whether nothing in values of type t needs a look.
func plain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map, reflect.Pointer, reflect.Interface:
		return false
	}
	return true
}

func (w *Walker) in(h hop, v reflect.Value, nilIsError bool) error {
	w.path = append(w.path, h)
	defer func() { w.path = w.path[:len(w.path)-1] }()
	if len(w.path) > MaxDepth {
		return fmt.Errorf("labgob: %s nests deeper than %d levels: probably it points back to itself; send values without cycles", w.place(), MaxDepth)
	}
	if s, err := w.shape(v.Type()); err != nil || s.Enc != No {
		return err
	}
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			if nilIsError {
				return fmt.Errorf("labgob: %s is a nil pointer, which cannot be sent in a slice, array or map; leave it out or send a value", w.place())
			}
			return nil
		}
		v = v.Elem()
	}
	return w.value(v)
}

func (w *Walker) value(v reflect.Value) error {
	t := v.Type()
	if s, err := w.shape(t); err != nil || s.Enc != No {
		return err
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := t.Field(i)
			if !f.IsExported() || plain(f.Type) {
				continue
			}
			if err := w.in(hop{field: f.Name}, v.Field(i), false); err != nil {
				return err
			}
		}
	case reflect.Slice, reflect.Array:
		if plain(t.Elem()) {
			return nil
		}
		for i := range v.Len() {
			if err := w.in(hop{index: i}, v.Index(i), true); err != nil {
				return err
			}
		}
	case reflect.Map:
		if plain(t.Key()) && plain(t.Elem()) {
			return nil
		}
		for it := v.MapRange(); it.Next(); {
			if err := w.in(theKey, it.Key(), true); err != nil {
				return err
			}
			if err := w.in(hop{key: it.Key()}, it.Value(), true); err != nil {
				return err
			}
		}
	case reflect.Interface:
		return w.dynamic(v)
	}
	return nil
}

func (w *Walker) dynamic(v reflect.Value) error {
	if v.IsNil() {
		return nil
	}
	v = v.Elem()
	t := v.Type()
	report := Checked(t)
	if report.Err != nil {
		return fmt.Errorf("labgob: %s holds a %s: %w", w.place(), t, report.Err)
	}
	if _, ok := NameOf(t); !ok {
		return NotRegistered(t, w.place())
	}
	if len(report.LowerCase) > 0 {
		w.Complain(t, report.LowerCase)
	}
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return fmt.Errorf("labgob: %s holds a nil pointer of type %s, which cannot be sent; send a nil interface or a value", w.place(), t)
		}
		v = v.Elem()
	}
	return w.value(v)
}
