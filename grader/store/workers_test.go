package store

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"distlabs/grader/store/storetest"
)

// idle is how long a run of these tests takes. It waits, so that workers do not
// stand in each other's way on a small machine.
const idle = 20 * time.Millisecond

// The test binary is also a worker, where the environment has an address.
func TestMain(m *testing.M) {
	address := os.Getenv("STORE_TEST_WORKS_ON")
	if address == "" {
		os.Exit(m.Run())
	}
	s, err := Open(context.Background(), address, Work)
	if err == nil {
		name := fmt.Sprint(os.Getpid())
		err = s.Work(context.Background(), "v", Desk{Name: name, Places: 2, Longest: time.Minute, Log: os.Stderr},
			func(ctx context.Context, c Chunk, _ int) (bool, error) {
				return false, makeAll(ctx, s, name, c, idle)
			}, func(*Queue) {})
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// makeAll makes the runs of a chunk as a grader does, but for the runs.
func makeAll(ctx context.Context, s *Store, worker string, c Chunk, each time.Duration) error {
	for run := c.Run; run < c.Run+c.Runs; run++ {
		known, err := s.ResultsOf(ctx, "suite", c.Part)
		if err != nil {
			return err
		}
		key := fmt.Sprint(c.Part, " ", run)
		if _, made := known[key]; made {
			continue
		}
		time.Sleep(each)
		if _, err := s.Record(ctx, Result{Key: key, Suite: "suite", Test: c.Part, Run: run, Verdict: "pass", Worker: worker,
			Outcome: []byte(`{"Test":"TestX","Seed":1234567,"Race":false,"Processors":1,"Verdict":"pass"}`), At: time.Now()}); err != nil {
			return err
		}
	}
	return nil
}

// chunksOf makes so many chunks of ten runs.
func chunksOf(n int) (all []Chunk) {
	for i := range n {
		all = append(all, Chunk{Task: "task", Part: fmt.Sprint("test ", i), Tests: 1, Runs: 10})
	}
	return all
}

// Two worker processes make the runs of a database that one would need longer
// for, each run once. With -v it prints how long they took.
func TestTwoProcessesShare(t *testing.T) {
	const chunks = 40
	took := make(map[int]time.Duration)
	for _, workers := range []int{1, 2} {
		address := storetest.Postgres(t)
		s, err := Open(t.Context(), address, Work)
		require.NoError(t, err)
		defer s.Close()
		require.NoError(t, s.Begin(t.Context(), "b"))
		require.NoError(t, s.PutTask(t.Context(), "b", "ada", Task{Key: "task", Suite: "suite", Spec: []byte("{}")}, 10*chunks))
		for range workers {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "STORE_TEST_WORKS_ON="+address)
			var said strings.Builder
			cmd.Stderr = &said
			require.NoError(t, cmd.Start())
			defer func() {
				_ = cmd.Process.Kill() // it works until it is killed
				_ = cmd.Wait()
				require.Empty(t, said.String())
			}()
		}
		// Both are there before the work is.
		q, err := s.Queue("v")
		require.NoError(t, err)
		clients := func() (n int) {
			require.NoError(t, s.db.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE query ILIKE 'listen%'`).Scan(&n))
			return n
		}
		require.Eventually(t, func() bool { return clients() >= workers }, time.Minute, 20*time.Millisecond)
		begin := time.Now()
		require.NoError(t, q.Add(t.Context(), chunksOf(chunks)))
		require.Eventually(t, func() bool {
			made, err := s.Made(t.Context(), "b")
			return err == nil && made["suite"] == 10*chunks
		}, time.Minute, 20*time.Millisecond)
		took[workers] = time.Since(begin)
		all, err := s.Workers(t.Context())
		require.NoError(t, err)
		require.Len(t, all, workers, "each of them made some")
	}
	t.Logf("%d runs of %v of idle wait: one worker process %v, two %v: %.2f times as fast", 10*chunks, idle,
		took[1].Round(time.Millisecond), took[2].Round(time.Millisecond), took[1].Seconds()/took[2].Seconds())
}

// BenchmarkRun is what queue and store cost for each run, in chunks of ten runs
// that take no time.
func BenchmarkRun(b *testing.B) {
	for _, of := range []struct{ name, address string }{
		{"file", filepath.Join(b.TempDir(), "grader.db")}, {"server", storetest.Postgres(b)},
	} {
		b.Run(of.name, func(b *testing.B) {
			s, err := Open(b.Context(), of.address, Work)
			require.NoError(b, err)
			defer s.Close()
			_, err = s.db.ExecContext(b.Context(), `DELETE FROM grader_results`)
			require.NoError(b, err)
			ctx, stop := context.WithCancel(b.Context())
			defer stop()
			chunks := chunksOf((b.N + 9) / 10)
			ended := make(chan struct{}, len(chunks))
			go func() {
				for range chunks {
					<-ended
				}
				stop()
			}()
			before := processorTime(b)
			b.ResetTimer()
			err = s.Work(ctx, "v", Desk{Name: "w", Places: 2, Longest: time.Minute, Log: io.Discard}, func(ctx context.Context, c Chunk, _ int) (bool, error) {
				err := makeAll(ctx, s, "w", c, 0)
				ended <- struct{}{}
				return false, err
			}, func(q *Queue) { require.NoError(b, q.Add(ctx, chunks)) })
			require.NoError(b, err)
			b.ReportMetric(float64((processorTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// processorTime is what this process has used, which does not depend on what
// else the machine does.
func processorTime(b *testing.B) time.Duration {
	var used unix.Rusage
	require.NoError(b, unix.Getrusage(unix.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
