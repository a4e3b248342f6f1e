package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/grader/store/storetest"
)

// onBoth runs a test on a file and on a server. open opens the same database
// each time.
func onBoth(t *testing.T, test func(t *testing.T, open func() *Store)) {
	t.Run("file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "a folder", "grader.db")
		test(t, func() *Store {
			s, err := Open(t.Context(), path, Work)
			require.NoError(t, err)
			return s
		})
	})
	t.Run("server", func(t *testing.T) {
		address := storetest.Postgres(t)
		test(t, func() *Store {
			s, err := Open(t.Context(), address, Work)
			require.NoError(t, err)
			return s
		})
	})
}

func result(key string, run int, verdict string) Result {
	return Result{Key: key, Suite: "suite", Test: "TestX", Run: run, Verdict: verdict, Cause: "race", Rule: "DataRace", Outcome: []byte(`{"a":1}`),
		Worker: "w", Sandbox: "box", Took: 5 * time.Millisecond, At: time.UnixMilli(1000)}
}

// Whatever is recorded later under the same key, the first result stands, for
// who opens the database again, too.
func TestTheFirstResultStands(t *testing.T) {
	onBoth(t, func(t *testing.T, open func() *Store) {
		s := open()
		first, err := s.Record(t.Context(), result("k", 3, "pass"))
		require.NoError(t, err)
		require.True(t, first)
		first, err = s.Record(t.Context(), result("k", 3, "fail"))
		require.NoError(t, err)
		require.False(t, first)
		require.NoError(t, s.Close())

		s = open()
		defer s.Close()
		all, err := s.Outcomes(t.Context(), "suite")
		require.NoError(t, err)
		require.Equal(t, map[string]Result{"k": {Key: "k", Test: "TestX", Run: 3, Verdict: "pass", Cause: "race", Rule: "DataRace", Outcome: []byte(`{"a":1}`)}}, all)
		some, err := s.ResultsOf(t.Context(), "suite", "TestY")
		require.NoError(t, err)
		require.Empty(t, some)
		boxes, err := s.Sandboxes(t.Context(), "suite")
		require.NoError(t, err)
		require.Equal(t, []string{"box"}, boxes)

		n, err := s.Forget(t.Context(), "suite", "pass")
		require.NoError(t, err)
		require.EqualValues(t, 1, n)
		first, err = s.Record(t.Context(), result("k", 3, "fail"))
		require.NoError(t, err)
		require.True(t, first, "what was forgotten is recorded anew")
	})
}

// A blob comes back as it was, or not at all.
func TestBlobsAreChecked(t *testing.T) {
	onBoth(t, func(t *testing.T, open func() *Store) {
		s := open()
		defer s.Close()
		data := make([]byte, 1<<20)
		copy(data, "mostly zeros")
		digest, err := s.PutBlob(t.Context(), data)
		require.NoError(t, err)
		again, err := s.PutBlob(t.Context(), data)
		require.NoError(t, err)
		require.Equal(t, digest, again)
		back, err := s.Blob(t.Context(), digest)
		require.NoError(t, err)
		require.Equal(t, data, back)

		_, err = s.db.ExecContext(t.Context(), `UPDATE grader_blobs SET data = $1`, packer.EncodeAll([]byte("other"), nil))
		require.NoError(t, err)
		_, err = s.Blob(t.Context(), digest)
		require.ErrorContains(t, err, "is not what it was")
		require.NoError(t, s.DropBlob(t.Context(), digest))
		there, err := s.HasBlob(t.Context(), digest)
		require.NoError(t, err)
		require.False(t, there)
	})
}

// What a batch does not want any more is nobody's work.
func TestTasksOfABatch(t *testing.T) {
	onBoth(t, func(t *testing.T, open func() *Store) {
		s := open()
		defer s.Close()
		require.NoError(t, s.Begin(t.Context(), "b"))
		want := Task{Key: "task", Suite: "suite", Spec: []byte(`{"x":1}`)}
		require.NoError(t, s.PutTask(t.Context(), "b", "ada", want, 7))
		require.NoError(t, s.PutTask(t.Context(), "b", "ada", want, 8))
		for i, verdict := range []string{"pass", "fail", "broken"} {
			_, err := s.Record(t.Context(), result(fmt.Sprint(i), i, verdict))
			require.NoError(t, err)
		}
		got, found, wanted, err := s.Task(t.Context(), "task")
		require.NoError(t, err)
		require.True(t, found)
		require.True(t, wanted)
		require.Equal(t, want, got)
		rows, err := s.Rows(t.Context())
		require.NoError(t, err)
		require.Equal(t, []Row{{Batch: "b", Student: "ada", Task: "task", Planned: 8, Made: 3, Failed: 1, Broken: 1}}, rows)
		made, err := s.Made(t.Context(), "b")
		require.NoError(t, err)
		require.Equal(t, map[string]int{"suite": 3}, made)
		workers, err := s.Workers(t.Context())
		require.NoError(t, err)
		require.Equal(t, []Worker{{"w", 3, time.UnixMilli(1000)}}, workers)

		require.NoError(t, s.Begin(t.Context(), "b"))
		_, found, wanted, err = s.Task(t.Context(), "task")
		require.NoError(t, err)
		require.True(t, found)
		require.False(t, wanted)
		_, found, _, err = s.Task(t.Context(), "none")
		require.NoError(t, err)
		require.False(t, found)
	})
}

// Two processes do not work with one file.
func TestOneProcessAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "grader.db")
	s, err := Open(t.Context(), path, Work)
	require.NoError(t, err)
	_, err = Open(t.Context(), path, Work)
	require.ErrorContains(t, err, "another grader works with it")
	look, err := Open(t.Context(), path, Look)
	require.NoError(t, err, "but others may look")
	_, err = look.Rows(t.Context())
	require.NoError(t, err)
	require.NoError(t, look.Close())
	require.NoError(t, s.Close())
	s, err = Open(t.Context(), path, Work)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	_, err = Open(t.Context(), filepath.Join(t.TempDir(), "none.db"), Look)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// Passwords are not printed.
func TestPublicAddress(t *testing.T) {
	require.Equal(t, "postgres://grader:xxxxx@db/labs", Public("postgres://grader:secret@db/labs"))
	require.Equal(t, "out/grader.db", Public("out/grader.db"))
	require.Equal(t, "postgres://…", Public("postgres://a:%zz@db"))
}

// works lets a worker work until enough chunks came to their end, and returns
// how often each was begun.
func works(t *testing.T, s *Store, version string, enough int, put []Chunk, do Do) map[Chunk]int {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var mu sync.Mutex
	begun, ended := make(map[Chunk]int), 0
	err := s.Work(ctx, version, Desk{Name: "w", Places: 2, Longest: 10 * time.Second, Log: t.Output()}, func(ctx context.Context, c Chunk, n int) (bool, error) {
		mu.Lock()
		begun[c]++
		mu.Unlock()
		more, err := do(ctx, c, n)
		mu.Lock()
		defer mu.Unlock()
		if !more && err == nil {
			if ended++; ended == enough {
				stop()
			}
		}
		return more, err
	}, func(q *Queue) {
		require.NoError(t, q.Add(ctx, put))
		require.NoError(t, q.Add(ctx, put), "the same again")
	})
	require.NoError(t, err)
	require.Equal(t, enough, ended)
	return begun
}

func chunk(run int) Chunk { return Chunk{Task: "task", Part: "1A", Tests: 2, Run: run, Runs: 1} }

// A chunk is handed out once, again if its worker had to stop or failed, and to
// nobody of another version. One that has ended can be put there again.
func TestQueue(t *testing.T) {
	onBoth(t, func(t *testing.T, open func() *Store) {
		s := open()
		defer s.Close()
		other, err := s.Queue("v2")
		require.NoError(t, err)
		require.NoError(t, other.Add(t.Context(), []Chunk{chunk(9)}))

		fails, stops := chunk(1), chunk(2)
		var mu sync.Mutex
		seen := make(map[Chunk]int)
		begun := works(t, s, "v1", 3, []Chunk{chunk(0), fails, stops}, func(_ context.Context, c Chunk, _ int) (bool, error) {
			mu.Lock()
			defer mu.Unlock()
			seen[c]++
			if seen[c] == 1 && c == fails {
				return false, os.ErrInvalid
			}
			return seen[c] == 1 && c == stops, nil
		})
		require.Equal(t, map[Chunk]int{chunk(0): 1, fails: 2, stops: 2}, begun)
		begun = works(t, s, "v1", 1, []Chunk{chunk(0)}, func(context.Context, Chunk, int) (bool, error) { return false, nil })
		require.Equal(t, map[Chunk]int{chunk(0): 1}, begun)
		waiting, running, err := s.Waiting(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]int{"v2": 1}, waiting)
		require.Empty(t, running)
	})
}

// What a process that was killed worked on is to be had at once by the next one
// that opens the file, and does not count as begun.
func TestAKilledProcessLetsGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "grader.db")
	s, err := Open(t.Context(), path, Work)
	require.NoError(t, err)
	q, err := s.Queue("v")
	require.NoError(t, err)
	require.NoError(t, q.Add(t.Context(), []Chunk{chunk(0)}))
	_, err = s.db.ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 24, attempted_at = CURRENT_TIMESTAMP`)
	require.NoError(t, err)
	require.NoError(t, s.Close())

	s, err = Open(t.Context(), path, Work)
	require.NoError(t, err)
	defer s.Close()
	works(t, s, "v", 1, nil, func(_ context.Context, _ Chunk, begun int) (bool, error) {
		require.Equal(t, 1, begun)
		return false, nil
	})
}

// What a worker of a server that was killed worked on comes back as soon as
// another looks around; what a living one works on does not.
func TestTheDeadAreFound(t *testing.T) {
	address := storetest.Postgres(t)
	s, err := Open(t.Context(), address, Work)
	require.NoError(t, err)
	defer s.Close()
	q, err := s.Queue("v")
	require.NoError(t, err)
	require.NoError(t, q.Add(t.Context(), []Chunk{chunk(0), chunk(1)}))
	_, err = s.db.ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now(),
		attempted_by = ARRAY['first', CASE WHEN args->>'run' = '0' THEN 'dead' ELSE 'living' END]`)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	require.NoError(t, s.vouch(ctx, "living", func(err error) { t.Error(err) }))
	begun := works(t, s, "v", 1, nil, func(_ context.Context, _ Chunk, begun int) (bool, error) {
		require.Equal(t, 2, begun)
		return false, nil
	})
	require.Equal(t, map[Chunk]int{chunk(0): 1}, begun)
	_, running, err := s.Waiting(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]int{"v": 1}, running)
}
