package linear_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/linear"
)

// crowd lets forty clients append side by side, and another one read what
// nobody wrote. It can be known if they return, and not if they never do.
func crowd(returning bool) *scene {
	s := newScene()
	for client := range 40 {
		s.begin(client, appendX(string(rune('a'+client))))
	}
	s.do(40, getX(), is("?", 3))
	for client := range 40 {
		if returning {
			s.end(client, made(int64(1+client)))
		}
	}
	return s
}

// silentCrowd is the same with a register whose writes return nothing, so that
// all orders of them are as good. Found is what the reader finds.
func silentCrowd(clients int, found string) *linear.History[string, string, string] {
	register := linear.Model[string, string, string]{Step: func(state, write string) (next, out string) {
		if write == "" {
			return state, state
		}
		return write, ""
	}}
	h := linear.NewHistory(register, func() time.Duration { return 0 })
	var ops []linear.Op[string, string, string]
	for client := range clients {
		ops = append(ops, h.Client(client).Begin("x", string(rune('A'+client))))
	}
	h.Client(clients).Begin("x", "").End(found)
	for _, op := range ops {
		op.End("")
	}
	return h
}

// Where the answer is not to be had, nobody is told that all is well; and it is
// the submission's fault only if its open calls make it so.
func TestUnknown(t *testing.T) {
	report := crowd(true).Check()
	require.Equal(t, linear.Illegal, report.Verdict)
	require.Contains(t, report.Breach.Text, "client 40's Get(x)")

	report = crowd(false).Check()
	require.Equal(t, linear.Unknown, report.Verdict)
	require.Equal(t, linear.CallsReturn, report.Breach.Rule)
	require.False(t, report.Breach.Undecided)
	require.Contains(t, report.Breach.Text, "40 of the 41 calls of x have not returned")

	require.Equal(t, linear.Legal, silentCrowd(8, "B").Check().Verdict)
	require.Equal(t, linear.Illegal, silentCrowd(8, "?").Check().Verdict)
	report = silentCrowd(40, "?").Check()
	require.Equal(t, linear.Unknown, report.Verdict)
	require.Equal(t, linear.Linearizable, report.Breach.Rule)
	require.True(t, report.Breach.Undecided)
	require.Nil(t, report.Picture)
}

// Of several open calls a few have happened, and more may.
func TestOpenCalls(t *testing.T) {
	s := newScene()
	for client := range 6 {
		s.begin(client, appendX(string(rune('a'+client))))
	}
	require.Len(t, s.Open(), 6)
	require.Equal(t, "client 4's Append(x, e), called at 0.005s", s.Open()[4])
	s.do(6, getX(), absent)
	s.do(6, appendX("z"), made(3))
	s.do(6, getX(), is("ebzf", 4))
	require.Equal(t, linear.Legal, s.Check().Verdict)
	s.end(5, made(4))
	s.do(6, appendX("y"), made(6))
	require.Equal(t, linear.Legal, s.Check().Verdict)
	s.do(6, getX(), is("ebzfey", 6))
	report := s.Check()
	require.Equal(t, linear.Illegal, report.Verdict, "e was appended once")
	require.Contains(t, report.Breach.Text, ": it must be ")
}
