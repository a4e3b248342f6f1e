package clocksapi

import (
	"fmt"
	"strconv"
)

// A Stamp is a Lamport timestamp: when an event happened, and in which
// process.
type Stamp struct {
	Time    uint64 // 0 before a process's first event
	Process int    // from 0
}

// String writes a stamp as 5.2: time 5 in process 2.
func (s Stamp) String() string {
	return strconv.FormatUint(s.Time, 10) + "." + strconv.Itoa(s.Process)
}

// A Vector is a vector timestamp: how many events of each process, by its
// number, are in the past of an event, that event included.
type Vector []uint64

// String writes a vector as (2,0,1).
func (v Vector) String() string {
	text := []byte{'('}
	for p, n := range v {
		if p > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendUint(text, n, 10)
	}
	return string(append(text, ')'))
}

// An Order is how two events lie to each other.
type Order int

const (
	Equal      Order = iota // they are the same event
	Before                  // the first happened before the second
	After                   // the second happened before the first
	Concurrent              // neither could have known of the other
)

// String is the order in a word.
func (o Order) String() string {
	switch o {
	case Equal:
		return "equal"
	case Before:
		return "before"
	case After:
		return "after"
	case Concurrent:
		return "concurrent"
	}
	return fmt.Sprintf("Order(%d)", int(o))
}
