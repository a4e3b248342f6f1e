package labgob

import "distlabs/labgob/internal/complaint"

// A Complaint is one trap that a program walked into. Its fields are all
// strings:
//
//	Rule   LowerCaseField, DecodeIntoNonZero or RegisterConflict
//	Type   the type that was sent, decoded or registered
//	Field  the path to the field within Type, "" for the value itself
//	Where  file:line of the caller, "" where no caller is known
//	Text   the whole sentence, with what to do about it
type Complaint = complaint.Complaint

// Rules that a [Complaint] can name.
const (
	// LowerCaseField: a field would silently not travel, because its name
	// begins with a lower-case letter.
	LowerCaseField = complaint.LowerCaseField
	// DecodeIntoNonZero: the variable decoded into was not zero, and some of
	// what it held is still there although it was not sent.
	DecodeIntoNonZero = complaint.DecodeIntoNonZero
	// RegisterConflict: a name or a type is registered twice, differently.
	RegisterConflict = complaint.RegisterConflict
)

// Listen calls f for each complaint from now on, once per place (rule, type,
// field and caller), until stop is called. Each listener hears for itself, so
// that every test learns of its own. While nobody listens, complaints go to
// standard error.
//
// f runs in the goroutine that walked into the trap, possibly in several at
// once.
func Listen(f func(Complaint)) (stop func()) { return complaint.Listen(f) }
