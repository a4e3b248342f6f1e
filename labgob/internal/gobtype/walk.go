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

	path  []hop
	types map[reflect.Type]*seen // those met so far: a log has thousands of values of one type
}

// seen is what is remembered of a type for the length of a walk. A memory of
// all walks would order goroutines in the eyes of the race detector.
type seen struct {
	shape Shape
	err   error // ShapeOf's
	idle  bool  // nothing in its values needs a look
	look  []int // of a struct: the fields that do
	sent  bool  // behind an interface, and in order
}

// see looks at a type when it is met first.
func (w *Walker) see(t reflect.Type) *seen {
	if s := w.types[t]; s != nil {
		return s
	}
	if w.types == nil {
		w.types = make(map[reflect.Type]*seen)
	}
	s := new(seen) // not idle as long as it is not known: it may hold itself
	w.types[t] = s
	s.shape, s.err = ShapeOf(t)
	switch {
	case s.err != nil:
	case s.shape.Enc != No:
		s.idle = true
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && !w.see(f.Type).idle {
				s.look = append(s.look, i)
			}
		}
		s.idle = len(s.look) == 0
	case t.Kind() == reflect.Pointer:
		s.idle = w.see(t.Elem()).idle
	case t.Kind() == reflect.Slice, t.Kind() == reflect.Array:
		s.idle = w.idleWithin(t.Elem())
	case t.Kind() == reflect.Map:
		s.idle = w.idleWithin(t.Key()) && w.idleWithin(t.Elem())
	default:
		s.idle = t.Kind() != reflect.Interface
	}
	return s
}

// idleWithin says whether values of type t in a slice, array or map need no
// look. A pointer does: it must not be nil there.
func (w *Walker) idleWithin(t reflect.Type) bool {
	return t.Kind() != reflect.Pointer && w.see(t).idle
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

func (w *Walker) in(h hop, v reflect.Value, nilIsError bool) error {
	w.path = append(w.path, h)
	defer func() { w.path = w.path[:len(w.path)-1] }()
	if len(w.path) > MaxDepth {
		return fmt.Errorf("labgob: %s nests deeper than %d levels: probably it points back to itself; send values without cycles", w.place(), MaxDepth)
	}
	if s := w.see(v.Type()); s.err != nil || s.shape.Enc != No {
		return s.err
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
	s := w.see(t)
	if s.err != nil || s.idle {
		return s.err
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, i := range s.look {
			if err := w.in(hop{field: t.Field(i).Name}, v.Field(i), false); err != nil {
				return err
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if err := w.in(hop{index: i}, v.Index(i), true); err != nil {
				return err
			}
		}
	case reflect.Map:
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
	s := w.see(t)
	if s.sent && s.idle {
		return nil
	}
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
	s.sent = t.Kind() != reflect.Pointer
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return fmt.Errorf("labgob: %s holds a nil pointer of type %s, which cannot be sent; send a nil interface or a value", w.place(), t)
		}
		v = v.Elem()
	}
	return w.value(v)
}
