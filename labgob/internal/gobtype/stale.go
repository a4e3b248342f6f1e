package gobtype

import (
	"iter"
	"reflect"
)

// Empty reports whether v is what a field is that was not sent: zero, empty,
// or a pointer to such. A pointer to a struct, however, is only nil: gob does
// send a pointer to an empty struct.
func Empty(v reflect.Value) bool {
	s, err := ShapeOf(v.Type())
	if err != nil || s.Dec != No {
		return v.IsZero()
	}
	pointed := false
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return true
		}
		v, pointed = v.Elem(), true
	}
	switch v.Kind() {
	case reflect.Slice:
		return v.Len() == 0
	case reflect.Map:
		if pointed {
			return v.IsNil()
		}
		return v.Len() == 0
	case reflect.Float32, reflect.Float64:
		return v.Float() == 0
	case reflect.Complex64, reflect.Complex128:
		return v.Complex() == 0
	case reflect.Struct, reflect.Array:
		return false
	}
	return v.IsZero()
}

// Dirty reports whether v, or what it points to, holds anything that could
// survive a decode, were it only in the spare capacity of a slice.
func Dirty(v reflect.Value) bool {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return false
		}
		v = v.Elem()
	}
	if s, err := ShapeOf(v.Type()); err != nil || s.Dec != No {
		return !v.IsZero()
	}
	switch v.Kind() {
	case reflect.Slice:
		return v.Cap() > 0
	case reflect.Map:
		return v.Len() > 0
	case reflect.Array:
		for i := range v.Len() {
			if Dirty(v.Index(i)) {
				return true
			}
		}
		return false
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && dirtyField(v.Field(i)) {
				return true
			}
		}
		return false
	}
	return !v.IsZero()
}

func dirtyField(v reflect.Value) bool {
	return v.Kind() == reflect.Pointer && !v.IsNil() || Dirty(v)
}

// A Stale is a place that kept old content. An empty Field is the value itself.
type Stale struct {
	Owner reflect.Type // the struct that has the field
	Field string
}

// Leftovers yields where got, which was decoded into a variable with content,
// differs from fresh, decoded from the same bytes into a new one; and with it a
// type like got's that has nothing but the path to that field, of type
// chan struct{}, or nil where there is no field on the way.
func Leftovers(got, fresh reflect.Value) iter.Seq2[Stale, reflect.Type] {
	return func(yield func(Stale, reflect.Type) bool) {
		l := leftovers{yield: yield, at: Stale{Owner: got.Type()}}
		l.compare(got, fresh)
	}
}

type leftovers struct {
	yield   func(Stale, reflect.Type) bool
	stopped bool
	at      Stale
	path    []step
}

// A step leads from a value into it.
type step struct {
	field  string       // into a struct
	within reflect.Type // or into this slice or array
}

func (l *leftovers) report() {
	if !l.stopped {
		l.stopped = !l.yield(l.at, l.probe())
	}
}

func (l *leftovers) probe() reflect.Type {
	t := reflect.TypeFor[chan struct{}]()
	last := len(l.path) - 1
	for last >= 0 && l.path[last].field == "" {
		last--
	}
	if last < 0 {
		return nil
	}
	for i := last; i >= 0; i-- {
		switch s := l.path[i]; {
		case s.field != "":
			t = reflect.StructOf([]reflect.StructField{{Name: s.field, Type: t}})
		case s.within.Kind() == reflect.Array:
			t = reflect.ArrayOf(s.within.Len(), t)
		default:
			t = reflect.SliceOf(t)
		}
	}
	return t
}

func (l *leftovers) into(s step, got, fresh reflect.Value) {
	l.path = append(l.path, s)
	l.compare(got, fresh)
	l.path = l.path[:len(l.path)-1]
}

func (l *leftovers) compare(got, fresh reflect.Value) {
	if s, err := ShapeOf(got.Type()); err != nil || s.Dec != No {
		if fresh.IsZero() && !got.IsZero() {
			l.report()
		}
		return
	}
	switch got.Kind() {
	case reflect.Pointer:
		if fresh.IsNil() {
			if !Empty(got) {
				l.report()
			}
		} else if !got.IsNil() {
			l.compare(got.Elem(), fresh.Elem())
		}
	case reflect.Struct:
		outer := l.at
		for i := range got.NumField() {
			if f := got.Type().Field(i); f.IsExported() {
				l.at = Stale{got.Type(), f.Name}
				l.into(step{field: f.Name}, got.Field(i), fresh.Field(i))
			}
		}
		l.at = outer
	case reflect.Slice:
		if got.Len() != fresh.Len() {
			l.report()
			return
		}
		l.elements(got, fresh)
	case reflect.Array:
		l.elements(got, fresh)
	case reflect.Map:
		if got.Len() > fresh.Len() {
			l.report()
		}
	default:
		if Empty(fresh) && !Empty(got) {
			l.report()
		}
	}
}

func (l *leftovers) elements(got, fresh reflect.Value) {
	switch got.Type().Elem().Kind() {
	case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map, reflect.Pointer:
	default:
		return // such elements are always sent
	}
	for i := range got.Len() {
		l.into(step{within: got.Type()}, got.Index(i), fresh.Index(i))
	}
}
