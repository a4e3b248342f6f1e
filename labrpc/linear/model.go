package linear

import "fmt"

// A Model says what one object does when one call happens after another: a key
// of a store, say. S is its state, I what is asked of it, O what it answers.
//
// Step must be a pure function, and total: every call has one answer in every
// state. What makes histories quick to check is an answer that tells where in
// the order a call stands. So let each change return a number that only it
// could get, the version that it made: then hardly two orders fit, however many
// clients there are. Without that, calls that return nothing may stand in any
// order as long as they run side by side.
type Model[S comparable, I any, O comparable] struct {
	Init S                          // of an object that nobody has called
	Step func(S, I) (next S, out O) // what a call does, and what it must return

	// For people; nil is fmt's %v. Keep them short: they are parts of sentences.
	Input  func(I) string    // `Append(x, b)`
	Output func(I, O) string // `"ab" (version 2)`
	State  func(S) string    // `"ab" (version 2)`
}

func (m *Model[S, I, O]) input(in I) string {
	if m.Input == nil {
		return fmt.Sprint(in)
	}
	return m.Input(in)
}

func (m *Model[S, I, O]) output(in I, out O) string {
	if m.Output == nil {
		return fmt.Sprint(out)
	}
	return m.Output(in, out)
}

func (m *Model[S, I, O]) state(s S) string {
	if m.State == nil {
		return fmt.Sprint(s)
	}
	return m.State(s)
}
