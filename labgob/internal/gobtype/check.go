package gobtype

import (
	"fmt"
	"reflect"
	"sync"

	"distlabs/labgob/internal/complaint"
)

// A Finding is a field that would silently not travel.
type Finding struct {
	Path   string       // from the type that is sent, as in Entries[].cmd
	Field  string       // its name
	Struct reflect.Type // the struct that declares it
}

// A Report is what a look at a type alone can tell.
type Report struct {
	LowerCase  []Finding
	Interfaces bool  // values behind interfaces need a look of their own
	Err        error // the type cannot be sent

	SelfEncoding bool // a type within encodes itself
}

// Check looks at everything that a value of type t would send, except behind
// interfaces and within types that encode themselves.
func Check(t reflect.Type) Report {
	c := checker{top: t, seen: make(map[reflect.Type]bool)}
	c.walk(t, "")
	return c.Report
}

type checker struct {
	Report
	top  reflect.Type
	seen map[reflect.Type]bool
}

func (c *checker) walk(t reflect.Type, path string) {
	s, err := ShapeOf(t)
	if err != nil {
		c.fail(err)
		return
	}
	if s.Enc != No {
		c.SelfEncoding = true
		return
	}
	if c.seen[s.Base] {
		return
	}
	c.seen[s.Base] = true
	switch b := s.Base; b.Kind() {
	case reflect.Chan, reflect.Func, reflect.UnsafePointer:
		c.fail(fmt.Errorf("labgob: %s is a %s (%s), which cannot travel; take it out of what you send", at(c.top, path), b.Kind(), b))
	case reflect.Interface:
		c.Interfaces = true
	case reflect.Slice, reflect.Array:
		c.walk(b.Elem(), path+"[]")
	case reflect.Map:
		c.walk(b.Key(), path+"[key]")
		c.walk(b.Elem(), path+"[]")
	case reflect.Struct:
		c.fields(b, path)
	}
}

func (c *checker) fields(b reflect.Type, path string) {
	sent := 0
	for f := range fields(b) {
		sub := f.Name
		if path != "" {
			sub = path + "." + f.Name
		}
		if f.IsExported() {
			sent++
			c.walk(f.Type, sub)
		} else if f.Name != "_" {
			c.LowerCase = append(c.LowerCase, Finding{sub, f.Name, b})
		}
	}
	if sent == 0 && b.NumField() > 0 {
		c.fail(fmt.Errorf("labgob: %s is of type %s, none of whose fields can travel; begin their names with a capital letter, or take it out of what you send", at(c.top, path), b))
	}
}

func (c *checker) fail(err error) {
	if c.Err == nil {
		c.Err = err
	}
}

func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

// at names the place path within a value of type t.
func at(t reflect.Type, path string) string {
	switch {
	case path == "":
		return t.String()
	case path[0] == '[':
		return t.String() + path
	}
	return t.String() + "." + path
}

var reports sync.Map // of reflect.Type to Report

// Checked is Check, remembered.
func Checked(t reflect.Type) Report {
	if r, ok := reports.Load(t); ok {
		return r.(Report)
	}
	r, _ := reports.LoadOrStore(t, Check(t))
	return r.(Report)
}

// Complain tells about each lower-case field that a value of type t would
// leave behind when it is sent from where.
func Complain(t reflect.Type, found []Finding, where string) {
	place := ""
	if where != "" {
		place = " at " + where
	}
	for _, f := range found {
		complaint.Raise(complaint.Complaint{
			Rule: complaint.LowerCaseField, Type: t.String(), Field: f.Path, Where: where,
			Text: fmt.Sprintf("a %s is sent%s, but its field %s does not travel: %s begins with a lower-case letter. "+
				"Rename it to begin with a capital, or keep it out of struct %s.", t, place, f.Path, f.Field, f.Struct),
		})
	}
}

// ComplainStale tells that field of owner still holds old content after a
// decode at where. An empty field means the value itself.
func ComplainStale(owner reflect.Type, field, where string) {
	place, what := "", "the variable"
	if where != "" {
		place = " at " + where
	}
	if field != "" {
		what = "field " + field
	}
	complaint.Raise(complaint.Complaint{
		Rule: complaint.DecodeIntoNonZero, Type: owner.String(), Field: field, Where: where,
		Text: fmt.Sprintf("a %s%s is decoded into a variable that was not empty: %s still holds its old content, which was not sent. "+
			"Zero values are not sent, and maps are added to. Decode into a new variable each time.", owner, place, what),
	})
}
