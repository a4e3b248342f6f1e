package wire_test

import (
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labgob"
	"distlabs/labgob/wire"
)

type (
	unknown  struct{ X int }
	withChan struct {
		Entries []struct{ Done chan int }
	}
	withFunc struct{ F map[string]func() }
	locked   struct{ Mu sync.Mutex }
	lower    struct {
		Term  int
		votes int
		Inner []struct{ key string }
	}
	narrow struct{ Term int8 }
	text   struct{ Term string }
	stops  struct{ X int }
	pair   struct{ A, B *int }
	bag    struct {
		N     int
		List  []Base
		Map   map[string]int
		Ptr   *Base
		Extra int
	}
	smallBag struct {
		N    int
		List []Base
		Map  map[string]int
		Ptr  *Base
	}
)

func (stops) GobEncode() ([]byte, error) { return nil, errors.New("out of ink") }
func (*stops) GobDecode([]byte) error    { panic("torn") }

func listen(t *testing.T) func() []labgob.Complaint {
	var heard []labgob.Complaint
	t.Cleanup(labgob.Listen(func(c labgob.Complaint) { heard = append(heard, c) }))
	return func() []labgob.Complaint { return heard }
}

// What cannot travel is an error that names the place and says what to do.
func TestWhatCannotTravelIsNamed(t *testing.T) {
	ring := &tree{Value: 1}
	ring.Left = ring
	for _, c := range []struct {
		what  string
		value any
		names []string
	}{
		{"unregistered", []entry{{}, {Command: unknown{1}}}, []string{"[]wire_test.entry[1].Command", "wire_test.unknown", "labgob.Register(wire_test.unknown{})"}},
		{"deeper", map[string]any{"k": []any{&unknown{}}}, []string{"[k][0]", "wire_test.unknown"}},
		{"channel", &withChan{}, []string{"wire_test.withChan.Entries[].Done", "chan"}},
		{"function", withFunc{}, []string{"wire_test.withFunc.F[]", "func"}},
		{"mutex", &locked{}, []string{"wire_test.locked.Mu", "sync.Mutex"}},
		{"nil", nil, []string{"nil"}},
		{"nil pointer", (*entry)(nil), []string{"nil pointer", "*wire_test.entry"}},
		{"nil in a slice", [][]*int{{new(int)}, {nil}}, []string{"[][]*int[1][0]", "nil pointer"}},
		{"nil in an interface", []any{(*tree)(nil)}, []string{"[0]", "nil pointer", "*wire_test.tree"}},
		{"cycle", ring, []string{"wire_test.tree.Left.Left", "cycle"}},
		{"own method", map[string]stops{"a": {1}}, []string{"[a]", "out of ink"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := wire.Marshal(c.value)
			require.Error(t, err)
			for _, name := range c.names {
				require.Contains(t, err.Error(), name)
			}
		})
	}
}

// Types that do not fit are an error that names both.
func TestTypesThatDoNotFitAreNamed(t *testing.T) {
	for _, c := range []struct {
		what     string
		from, to any
		names    []string
	}{
		{"overflow", struct{ Term int }{1000}, &narrow{}, []string{"1000", "narrow.Term", "int8"}},
		{"kind", struct{ Term int }{1}, &text{}, []string{"Term", "string", "int"}},
		{"no field", struct{ Other int }{1}, &text{}, []string{"no fields matched", "wire_test.text"}},
		{"no struct", 1, &text{}, []string{"wire_test.text", "int"}},
		{"float", struct{ F float64 }{math.MaxFloat64}, &struct{ F float32 }{}, []string{"F", "float32"}},
		{"no pointer", 1, 2, []string{"no pointer"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			m, err := wire.Marshal(c.from)
			require.NoError(t, err)
			err = m.Unmarshal(c.to)
			require.Error(t, err)
			for _, name := range c.names {
				require.Contains(t, err.Error(), name)
			}
		})
	}
}

// A type may be registered after it was refused.
func TestARefusedTypeMayBeRegisteredLater(t *testing.T) {
	type late struct{ X int }
	_, err := wire.Marshal([]any{late{1}})
	require.ErrorContains(t, err, "not registered")
	labgob.Register(late{})
	m, err := wire.Marshal([]any{late{1}})
	require.NoError(t, err)
	var got []any
	require.NoError(t, m.Unmarshal(&got))
	require.Equal(t, []any{late{1}}, got)
}

// Lower-case fields are told once per place, with the line that sent them.
func TestLowerCaseFieldsAreTold(t *testing.T) {
	heard := listen(t)
	for range 3 {
		_, err := wire.Marshal(&lower{Term: 1, votes: 2, Inner: nil})
		require.ErrorContains(t, err, "Inner[]") // none of its fields can travel
	}
	type partly struct {
		Term  int
		votes int
	}
	for range 3 {
		_, err := wire.Marshal(&partly{1, 2})
		require.NoError(t, err)
	}
	require.Len(t, heard(), 1)
	c := heard()[0]
	require.Equal(t, labgob.LowerCaseField, c.Rule)
	require.Equal(t, "votes", c.Field)
	require.Contains(t, c.Where, "wire_test.go:")
	require.Contains(t, c.Text, "lower-case")

	_, err := wire.MarshalReply(&partly{1, 2}, "Raft.Vote")
	require.NoError(t, err)
	require.Len(t, heard(), 2, "another line is another place")
}

// Old content is told where it survives, and only there.
func TestOldContentThatSurvivesIsTold(t *testing.T) {
	full := func() bag {
		return bag{N: 1, List: []Base{{1, "a"}}, Map: map[string]int{"a": 1}, Ptr: &Base{ID: 1}, Extra: 5}
	}
	for _, c := range []struct {
		what  string
		sent  any
		field string // of the only complaint, or none
	}{
		{"all is overwritten", full(), ""},
		{"the sender has no such field", smallBag{2, []Base{{2, "b"}}, map[string]int{"a": 2}, &Base{ID: 2}}, ""},
		{"zero number", func() any { b := full(); b.N = 0; return b }(), "N"},
		{"field of an element", func() any { b := full(); b.List[0].Name = ""; return b }(), "Name"},
		{"empty slice", func() any { b := full(); b.List = nil; return b }(), "List"},
		{"other key", func() any { b := full(); b.Map = map[string]int{"b": 1}; return b }(), "Map"},
		{"nil pointer", func() any { b := full(); b.Ptr = nil; return b }(), "Ptr"},
	} {
		t.Run(c.what, func(t *testing.T) {
			heard := listen(t)
			m, err := wire.Marshal(c.sent)
			require.NoError(t, err)
			got := full()
			require.NoError(t, m.Unmarshal(&got))
			if c.field == "" {
				require.Empty(t, heard())
				return
			}
			require.Len(t, heard(), 1)
			require.Equal(t, labgob.DecodeIntoNonZero, heard()[0].Rule)
			require.Equal(t, c.field, heard()[0].Field)
			require.Contains(t, heard()[0].Where, "wire_test.go:")

			var fresh bag
			require.NoError(t, m.Unmarshal(&fresh))
			require.Len(t, heard(), 1, "a new variable is fine")
		})
	}
}

// Nothing is shared between what was sent and what arrives.
func TestNothingIsShared(t *testing.T) {
	one := 1
	sent := bag{List: []Base{{1, "a"}}, Map: map[string]int{"a": 1}, Ptr: &Base{ID: 1}}
	cmd := []any{&tree{Tags: map[string][]byte{"t": []byte("bytes")}}}
	m, err := wire.Marshal(&sent)
	require.NoError(t, err)
	n, err := wire.Marshal(cmd)
	require.NoError(t, err)
	p, err := wire.Marshal(pair{&one, &one})
	require.NoError(t, err)
	sent.List[0].ID, sent.Map["a"], sent.Ptr.ID = 9, 9, 9
	cmd[0].(*tree).Tags["t"][0] = 'B'
	one = 9

	for range 2 {
		var got bag
		require.NoError(t, m.Unmarshal(&got))
		require.Equal(t, bag{List: []Base{{1, "a"}}, Map: map[string]int{"a": 1}, Ptr: &Base{ID: 1}}, got)
		got.List[0].ID, got.Map["a"], got.Ptr.ID = 8, 8, 8
		var held []any
		require.NoError(t, n.Unmarshal(&held))
		require.Equal(t, "bytes", string(held[0].(*tree).Tags["t"]))
		held[0].(*tree).Tags["t"][0] = 'C'
		var two pair
		require.NoError(t, p.Unmarshal(&two))
		require.Equal(t, 1, *two.A)
		require.NotSame(t, two.A, two.B)
		*two.A = 8
	}
}

// Equal contents have equal hashes, whatever the order of a map; others do not.
func TestHashIsOfTheContents(t *testing.T) {
	hash := func(v any) uint64 {
		m, err := wire.Marshal(v)
		require.NoError(t, err)
		return m.Hash()
	}
	a, b := make(map[int]string), make(map[int]string)
	for i := range 100 {
		a[i], b[99-i] = "x", "x"
	}
	require.Equal(t, hash(a), hash(b))
	b[7] = "y"
	require.NotEqual(t, hash(a), hash(b))
	require.NotEqual(t, hash(narrow{1}), hash(narrow{2}))
	require.NotEqual(t, hash(narrow{1}), hash(struct{ Term int8 }{1}))
	require.Equal(t, uint64(0x1b6aa8640385492e), hash(ask{Term: 7, Key: "k"}), "the same in every process")
}

// A version encodes itself.
type version struct{ n byte }

func (v version) GobEncode() ([]byte, error)   { return []byte{0, v.n}, nil }
func (v *version) GobDecode(data []byte) error { v.n = data[1]; return nil }

func TestTextIsForReading(t *testing.T) {
	one := 1
	for _, c := range []struct {
		value any
		max   int
		want  string
	}{
		{&ask{Term: 3, Key: "x"}, 100, `{Term:3 Candidate:0 Key:"x"}`},
		{entry{1, 2, Base{ID: 4}}, 100, `{Term:1 Index:2 Command:Base{ID:4 Name:""}}`},
		{map[int]bool{300: true, -2: false, 40: true}, 100, `map[-2:false 40:true 300:true]`},
		{[]any{1.5, nil, "é", []byte{0xff}}, 100, `[1.5 nil "é" 0xff]`},
		{pair{A: &one}, 100, `{A:1 B:nil}`},
		{strings.Repeat("é", 50), 10, `"éééé…`},
		{struct{ At time.Time }{time.Date(2000, 1, 1, 0, 0, 0, 50_000_000, time.UTC)}, 100, `{At:2000-01-01T00:00:00.05Z}`},
		{version{7}, 3, `0x0…`},
	} {
		m, err := wire.Marshal(c.value)
		require.NoError(t, err)
		require.Equal(t, c.want, m.Text(c.max))
	}
}

// Plans outlive the bubble in which they were made.
func TestPlansOutliveTheirBubble(t *testing.T) {
	type inBubble struct {
		A int
		B any
	}
	for range 3 {
		synctest.Test(t, func(t *testing.T) {
			var all sync.WaitGroup
			for i := range 4 {
				all.Go(func() {
					time.Sleep(time.Duration(i))
					m, err := wire.Marshal(&inBubble{i, "x"})
					require.NoError(t, err)
					var got inBubble
					require.NoError(t, m.Unmarshal(&got))
					require.Equal(t, inBubble{i, "x"}, got)
				})
			}
			all.Wait()
		})
	}
}
