package trace_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/trace"
)

// record returns a log of n events, of which those from differ on are other.
func record(t *testing.T, n, differ int) *trace.Log {
	t.Helper()
	l := trace.NewLog(twoNodes, trace.Options{Keep: 1})
	for i := 1; i <= n; i++ {
		e := trace.Event{Kind: trace.LogLine, At: time.Duration(i)}
		if differ > 0 && i == differ {
			e.N = 1
		}
		add(t, l, e)
	}
	return l
}

func TestAReplaySaysWhereItDiverged(t *testing.T) {
	const full = 1 << 18
	cases := []struct {
		name              string
		n, m, differ      int
		wantSame, inexact bool
		want              string
	}{
		{"same", 1000, 1000, 0, true, false, "same run"},
		{"empty", 0, 0, 0, true, false, "same run"},
		{"first", 1000, 1000, 1, false, false, "diverged at event 1"},
		{"middle", 1000, 1000, 500, false, false, "diverged at event 500"},
		{"last", 1000, 1000, 1000, false, false, "diverged at event 1000"},
		{"goes on", 1000, 1001, 0, false, false, "diverged at event 1001"},
		{"begins", 0, 3, 0, false, false, "diverged at event 1"},
		{"differs, then goes on", 1000, 1200, 7, false, false, "diverged at event 7"},
		{"long, same", full + 1, full + 1, 0, true, false, "same run"},
		{"long", full + 1, full + 1, 1001, false, true, "diverged between events 1001 and 1002"},
		{"long, at the last", full + 1, full + 1, full + 1, false, false, fmt.Sprintf("diverged at event %d", full+1)},
		{"long, goes on", full + 1, full + 2, 0, false, true, fmt.Sprintf("diverged between events %d and %d", full+1, full+2)},
		{"short against long", 101, full + 1, 0, false, true, "diverged between events 101 and 102"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			earlier, later := record(t, c.n, 0), record(t, c.m, c.differ)
			var file bytes.Buffer
			require.NoError(t, earlier.WriteDigest(&file))
			diff, err := later.CompareDigest(&file)
			require.NoError(t, err)
			require.Equal(t, c.wantSame, diff.Same())
			require.Equal(t, c.wantSame, earlier.Hash() == later.Hash())
			require.Equal(t, c.want, diff.String())
			require.Equal(t, c.inexact, diff.By > diff.After+1)

			file.Reset()
			require.NoError(t, later.WriteDigest(&file))
			back, err := earlier.CompareDigest(&file)
			require.NoError(t, err)
			require.Equal(t, diff, back, "the other way round")
		})
	}
}

func TestADamagedDigestIsRefused(t *testing.T) {
	var file bytes.Buffer
	require.NoError(t, record(t, 10, 0).WriteDigest(&file))
	whole := file.String()
	for name, c := range map[string]struct{ file, want string }{
		"empty":   {"", "too short"},
		"other":   {strings.Repeat("x", 64), "not the digest of a run"},
		"cut":     {whole[:len(whole)-3], "cut short after 9 of 10"},
		"stride":  {whole[:8] + "\x03" + whole[9:], "damaged"},
		"endless": {whole[:16] + "\xff\xff\xff\xff\xff\xff\xff\x7f" + whole[24:], "damaged"},
	} {
		_, err := trace.ReadDigest(strings.NewReader(c.file))
		require.ErrorContains(t, err, c.want, name)
	}
}
