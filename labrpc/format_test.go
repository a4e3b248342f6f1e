package labrpc

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type formatEntry struct {
	Term    int
	command any
	Tags    []string
}

type formatRole uint8

func (r formatRole) String() string { return "leader" }

type formatTerm int

// Whatever sprintf formats itself, it formats as fmt does; and it knows enough
// for the log lines that students write.
func FuzzSprintf(f *testing.F) {
	var none any
	values := []any{
		0, -7, uint8(200), int64(1) << 40, formatTerm(3), true, "word", "a \"quote\"\n", []int{1, -2}, []string{}, []string(nil),
		[]byte("bytes"), formatEntry{1, "x", []string{"a", "b"}}, formatEntry{}, []formatEntry{{2, 3, nil}}, formatRole(1),
		struct{ A, B formatRole }{}, []any{1, "two", none}, &formatEntry{Term: 1}, map[string]int{"a": 1}, 1.5, errors.New("broken"),
		time.Second, time.Unix(0, 0), [2]int{3, 4}, none, uintptr(9), 'x', struct{}{}, NodeID(2),
	}
	for _, format := range []string{"", "plain", "%d", "%v and %+v", "%s", "%q", "%t", "100%% %d%%", "%", "%5d", "%x", "%!", "a%"} {
		for i := range values {
			f.Add(format, i, i+1)
		}
	}
	f.Fuzz(func(t *testing.T, format string, i, j int) {
		n := len(values)
		for _, args := range [][]any{nil, {values[(i%n+n)%n]}, {values[(i%n+n)%n], values[(j%n+n)%n]}} {
			if got, ok := plainSprintf(format, args); ok {
				require.Equal(t, fmt.Sprintf(format, args...), got, "%q of %#v", format, args)
			}
		}
	})
}

func TestSprintfKnowsPlainThings(t *testing.T) {
	for _, c := range []struct {
		format string
		args   []any
	}{
		{"here", nil},
		{"term %d, %s: %v %t %q", []any{7, "leader", formatTerm(1), false, "x"}},
		{"%v %+v", []any{[]formatEntry{{1, "x", []string{"a"}}}, formatEntry{2, 5, nil}}},
		{"100%%", nil},
	} {
		_, ok := plainSprintf(c.format, c.args)
		require.True(t, ok, c.format)
	}
}
