package trace

import (
	"fmt"
	"time"
)

// A Breach is a broken rule, found by a [Checker] or by a test. It is the
// error that they return.
type Breach struct {
	Rule     string  // the rule's name in Go: "ElectionSafety"
	Text     string  // a sentence: what, when and who
	Why      string  // what the rule says and where it is told, for the student; may be ""
	Nodes    []int   // who took part
	Evidence []int64 // the events that show it

	Detail    []string      // further lines
	At        time.Duration // when it broke, in virtual time; 0 is when it is found
	Undecided bool          // it may have broken or not: we could not tell, and that is our fault
}

func (b *Breach) Error() string { return fmt.Sprintf("%s: %s", b.Rule, b.Text) }
