// Package labgob is encoding/gob with its traps made audible. It turns values
// into bytes and back, for what a machine keeps on its disk; what machines send
// each other goes through the same rules.
//
// Two traps are silent in gob, and a [Complaint] here:
//
//   - A field whose name begins with a lower-case letter does not travel.
//   - Decoding into a variable that is not empty leaves in it what was not
//     sent: a zero field is not sent, so the old value stays; the entries of
//     maps are added to; elements of slices keep their fields.
//
// The second is a complaint only where it made a difference: what was written
// over, or was equal anyway, is fine, and so are fields that the sender's type
// does not have.
//
// A complaint changes nothing: the call does what gob does. What gob refuses is
// an error that names the place, and never a panic: a value of an unregistered
// type in an interface (see [Register]), a nil pointer, a cycle. Channels and
// functions are refused also as fields of structs, where gob skips them in
// silence.
package labgob

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"reflect"

	"distlabs/labgob/internal/complaint"
	"distlabs/labgob/internal/gobtype"
)

// A LabEncoder writes values, as a gob.Encoder does. It may be used by several
// goroutines.
type LabEncoder struct{ gob *gob.Encoder }

// NewEncoder returns an encoder that writes to w.
func NewEncoder(w io.Writer) *LabEncoder { return &LabEncoder{gob.NewEncoder(w)} }

// Encode writes e, or what e points to. The error names the field that cannot
// be written, and says what to do.
func (enc *LabEncoder) Encode(e any) error { return enc.EncodeValue(reflect.ValueOf(e)) }

// EncodeValue is Encode for the value that v holds.
func (enc *LabEncoder) EncodeValue(v reflect.Value) (err error) {
	if !v.IsValid() {
		return errors.New("labgob: nil cannot be encoded; encode a value")
	}
	if err := check(v); err != nil {
		return err
	}
	defer recovered(&err, "encoded", v.Type())
	return enc.gob.EncodeValue(v)
}

// recovered turns a panic, of gob's or of a type's own method, into an error.
func recovered(err *error, what string, t reflect.Type) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("labgob: a %s cannot be %s: %v", t, what, r)
	}
}

// check complains about what would not travel and refuses what cannot.
func check(v reflect.Value) error {
	t := v.Type()
	report := gobtype.Checked(t)
	if report.Err != nil {
		return report.Err
	}
	if len(report.LowerCase) > 0 {
		gobtype.Complain(t, report.LowerCase, complaint.Where())
	}
	w := gobtype.Walker{Top: t, Complain: func(t reflect.Type, found []gobtype.Finding) {
		gobtype.Complain(t, found, complaint.Where())
	}}
	return w.Check(v)
}

// Register makes the type of value known, so that it can travel in an
// interface: labgob.Register(Op{}). Registering a type again is harmless;
// registering it under another name is a complaint.
func Register(value any) { gobtype.Register(value) }

// RegisterName is Register under a name of your choice.
func RegisterName(name string, value any) { gobtype.RegisterName(name, value) }
