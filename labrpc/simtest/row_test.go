package simtest_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/simtest"
)

// In a row each run of a test has the next seed, is the run that this seed has
// alone, and leaves a line; only a failed one leaves its files.
func TestARow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "row")
	p := start(t, "^(TestHealthy|TestRelock)$", "-test.count=3", "-sim.seed=7", "-sim.row="+path)
	require.Equal(t, 1, p.exit, p.out+p.errs)

	row, err := simtest.ReadRow(path)
	require.NoError(t, err)
	seeds := make(map[string][]uint64)
	hashes := make(map[uint64]string)
	for _, r := range row {
		seeds[r.Test] = append(seeds[r.Test], r.Seed)
		require.Equal(t, r.Test == "TestHealthy", r.Passed)
		if r.Passed {
			hashes[r.Seed] = r.Hash
		} else {
			require.Contains(t, r.Failure.Again, "TestRelock -seed ")
		}
	}
	require.Equal(t, map[string][]uint64{"TestHealthy": {7, 8, 9}, "TestRelock": {7, 8, 9}}, seeds)
	require.Equal(t, start(t, "^TestHealthy$", "-sim.seed=9").result(t).Hash, hashes[9])

	var left []string
	require.NoError(t, filepath.WalkDir(p.dir, func(at string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == simtest.ResultFile {
			r, err := simtest.ReadResult(at)
			require.NoError(t, err)
			left = append(left, r.Test)
		}
		return err
	}))
	require.Equal(t, []string{"TestRelock", "TestRelock", "TestRelock"}, left)
}

// A row that cannot be written down fails its tests.
func TestARowThatCannotBeWritten(t *testing.T) {
	p := start(t, "^TestHealthy$", "-sim.row=/no/such/folder")
	require.Equal(t, 1, p.exit)
	require.Contains(t, p.out, "the run's result could not be written: -sim.row: open /no/such/folder")
}

// A process that dies while it writes leaves the lines before.
func TestARowThatWasCutShort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "row")
	line := `{"schema":1,"test":"TestX","seed":"7"}`
	require.NoError(t, os.WriteFile(path, []byte(line+"\n"+line[:20]), 0o644))
	row, err := simtest.ReadRow(path)
	require.NoError(t, err)
	require.Len(t, row, 1)
	require.EqualValues(t, 7, row[0].Seed)

	for text, want := range map[string]string{"{}\n": "has schema 0", line + "\nno\n": "line 2 of " + path} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		_, err = simtest.ReadRow(path)
		require.ErrorContains(t, err, want)
	}
}
