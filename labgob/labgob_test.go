package labgob_test

import (
	"bytes"
	"encoding/gob"
	"io"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labgob"
)

type (
	state struct {
		Term  int
		Vote  int
		Log   []record
		Index map[string]int
		Peer  *record
		At    time.Time
		Mine  int // only the receiver has it, see oldState
	}
	oldState struct {
		Term  int
		Vote  int
		Log   []record
		Index map[string]int
		Peer  *record
		At    time.Time
	}
	record struct {
		Term    int
		Command any
	}
	command struct{ Key string }
	hidden  struct {
		Term int
		log  []int
		Deep map[string][]*struct {
			Seen time.Time
			key  int
		}
	}
	stranger struct{ X int }
)

func listen(t *testing.T) func() []labgob.Complaint {
	var heard []labgob.Complaint
	t.Cleanup(labgob.Listen(func(c labgob.Complaint) { heard = append(heard, c) }))
	return func() []labgob.Complaint { return heard }
}

func encode(t *testing.T, values ...any) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	enc := labgob.NewEncoder(&b)
	for _, v := range values {
		require.NoError(t, enc.Encode(v))
	}
	return &b
}

func full() state {
	return state{
		Term: 1, Vote: 2, Log: []record{{1, "a"}, {2, "b"}}, Index: map[string]int{"a": 1},
		Peer: &record{Term: 3}, At: time.Unix(1, 0).UTC(), Mine: 7,
	}
}

// The bytes are gob's, and gob's are read.
func TestTheBytesAreGobs(t *testing.T) {
	labgob.Register(command{})
	heard := listen(t)
	sent := []record{{1, command{"k"}}, {2, 5}}
	b := encode(t, 7, sent, "x")

	plain := gob.NewDecoder(bytes.NewReader(b.Bytes()))
	dec := labgob.NewDecoder(b)
	for _, d := range []interface{ Decode(any) error }{plain, dec} {
		var n int
		var got []record
		var s string
		require.NoError(t, d.Decode(&n))
		require.NoError(t, d.Decode(&got))
		require.NoError(t, d.Decode(&s))
		require.Equal(t, 7, n)
		require.Equal(t, sent, got)
		require.Equal(t, "x", s)
		require.ErrorIs(t, d.Decode(&n), io.EOF)
	}
	require.Empty(t, heard())
}

func TestLowerCaseFieldsAreTold(t *testing.T) {
	heard := listen(t)
	for range 2 {
		encode(t, &hidden{Term: 1})
	}
	require.Len(t, heard(), 2, "each field once, although it was sent twice")
	require.Equal(t, "log", heard()[0].Field)
	require.Equal(t, "Deep[][].key", heard()[1].Field)
	for _, c := range heard() {
		require.Equal(t, labgob.LowerCaseField, c.Rule)
		require.Equal(t, "*labgob_test.hidden", c.Type)
		require.Contains(t, c.Where, "labgob_test.go:")
		require.Contains(t, c.Text, "begins with a lower-case letter")
	}
	var second int
	stop := labgob.Listen(func(labgob.Complaint) { second++ })
	encode(t, &hidden{})
	stop()
	encode(t, &hidden{})
	require.Equal(t, 2, second, "a new listener hears for itself, until it stops")
}

// What is behind an interface is looked at when it is sent.
func TestInterfacesAreLookedInto(t *testing.T) {
	type secret struct {
		Open   int
		closed int
	}
	labgob.Register(secret{})
	heard := listen(t)
	encode(t, record{Command: secret{1, 2}})
	require.Len(t, heard(), 1)
	require.Equal(t, "closed", heard()[0].Field)
}

// What gob refuses is an error with a place, and never a panic.
func TestRefusalsNameThePlace(t *testing.T) {
	ring := make([]any, 1)
	ring[0] = ring
	labgob.Register([]any{})
	for _, c := range []struct {
		what  string
		value any
		names []string
	}{
		{"unregistered", state{Log: []record{{}, {Command: stranger{}}}}, []string{"state.Log[1].Command", "labgob.Register(labgob_test.stranger{})"}},
		{"channel", struct{ A struct{ C chan int } }{}, []string{"A.C", "chan"}},
		{"function", []func(){}, []string{"func"}},
		{"mutex", struct{ Mu sync.Mutex }{}, []string{"Mu", "sync.Mutex"}},
		{"nil", nil, []string{"nil"}},
		{"nil pointer", (*state)(nil), []string{"nil pointer"}},
		{"nil element", []*record{nil}, []string{"[0]", "nil pointer"}},
		{"cycle", ring, []string{"cycle"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			err := labgob.NewEncoder(io.Discard).Encode(c.value)
			require.Error(t, err)
			for _, name := range c.names {
				require.Contains(t, err.Error(), name)
			}
		})
	}
	var noPointer any = 5
	require.ErrorContains(t, labgob.NewDecoder(encode(t, 1)).Decode(noPointer), "pointer")
}

// Old content is told where it survives, and only there; and what is decoded is
// what gob decodes.
func TestOldContentThatSurvivesIsTold(t *testing.T) {
	with := func(change func(*state)) state { s := full(); change(&s); return s }
	for _, c := range []struct {
		what  string
		sent  any
		field string
	}{
		{"all is overwritten", full(), ""},
		{"the sender has no such field", oldState{1, 2, []record{{1, "a"}}, map[string]int{"a": 2}, &record{Term: 1}, time.Unix(2, 0).UTC()}, ""},
		{"number", with(func(s *state) { s.Vote = 0 }), "Vote"},
		{"empty slice", with(func(s *state) { s.Log = nil }), "Log"},
		{"field of an element", with(func(s *state) { s.Log = []record{{1, "a"}, {0, "b"}} }), "Term"},
		{"interface in an element", with(func(s *state) { s.Log = []record{{1, nil}} }), "Command"},
		{"other key", with(func(s *state) { s.Index = map[string]int{"b": 1} }), "Index"},
		{"nil pointer", with(func(s *state) { s.Peer = nil }), "Peer"},
		{"behind a pointer", with(func(s *state) { s.Peer = &record{Command: 1} }), "Term"},
		{"time", with(func(s *state) { s.At = time.Time{} }), "At"},
	} {
		t.Run(c.what, func(t *testing.T) {
			heard := listen(t)
			b := encode(t, "before", c.sent, "after")
			want := full()
			plain := gob.NewDecoder(bytes.NewReader(b.Bytes()))
			require.NoError(t, plain.DecodeValue(reflect.Value{}))
			require.NoError(t, plain.Decode(&want))

			dec := labgob.NewDecoder(b)
			var s string
			require.NoError(t, dec.Decode(&s))
			got := full()
			require.NoError(t, dec.Decode(&got))
			require.Equal(t, want, got)
			s = ""
			require.NoError(t, dec.Decode(&s))
			require.Equal(t, "after", s)
			if c.field == "" {
				require.Empty(t, heard())
				return
			}
			require.Len(t, heard(), 1)
			require.Equal(t, labgob.DecodeIntoNonZero, heard()[0].Rule)
			require.Equal(t, c.field, heard()[0].Field)
			require.Contains(t, heard()[0].Where, "labgob_test.go:")
		})
	}
}

// A value that stands alone is sent even if it is zero.
func TestSingleValuesAreOverwritten(t *testing.T) {
	heard := listen(t)
	n := 5
	require.NoError(t, labgob.NewDecoder(encode(t, 0)).DecodeValue(reflect.ValueOf(&n)))
	require.Zero(t, n)
	require.Empty(t, heard())

	m := map[string]int{"old": 1}
	require.NoError(t, labgob.NewDecoder(encode(t, map[string]int{"new": 2})).Decode(&m))
	require.Len(t, heard(), 1)
	require.Equal(t, "map[string]int", heard()[0].Type)
}

// Registering again is harmless, otherwise is a complaint and no panic.
func TestRegisterTwice(t *testing.T) {
	type twice struct{ X int }
	heard := listen(t)
	labgob.RegisterName("twice", twice{})
	labgob.RegisterName("twice", twice{})
	require.Empty(t, heard())
	labgob.RegisterName("other", twice{})
	labgob.Register(nil)
	require.Len(t, heard(), 2)
	require.Equal(t, labgob.RegisterConflict, heard()[0].Rule)
	require.Contains(t, heard()[0].Where, "labgob_test.go:")
}
