package linear_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc"
	"distlabs/labrpc/linear"
	"distlabs/labrpc/simtest"
)

// A store is one machine that keeps its values, unless it is asked to read.
type store struct {
	stale bool // a Get is answered as it was before the last change

	mu sync.Mutex
	// mu guards:
	now, before map[string]held
}

// DoArgs asks for a command.
type DoArgs struct{ Op, Key, Value string }

// DoReply answers it.
type DoReply struct {
	Value   string
	Version int64
	OK      bool
}

// Do carries a command out.
func (s *store) Do(args *DoArgs, reply *DoReply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := s.now
	if s.stale && args.Op == "Get" {
		from = s.before
	}
	next, out := kv.Step(from[args.Key], command{op: args.Op, key: args.Key, value: args.Value})
	if args.Op != "Get" {
		s.before[args.Key], s.now[args.Key] = s.now[args.Key], next
	}
	*reply = DoReply{out.value, out.version, out.ok}
}

// watched runs clients on a store and watches what they see.
func watched(t *testing.T, stale bool) {
	names := []string{"the store", "another", "clients"}
	simtest.Run(t, simtest.Options{Lab: "lab0-linear", Nodes: 3, Names: names, Link: labrpc.Link{Delay: labrpc.Uniform(time.Millisecond, 9*time.Millisecond)}}, func(w *simtest.World) {
		h := linear.NewHistory(kv, w.Now)
		h.Watch(w)
		w.Net().Start(0, func(env *labrpc.Env) {
			env.Serve(&store{stale: stale, now: make(map[string]held), before: make(map[string]held)})
		})
		w.Net().Start(1, func(*labrpc.Env) {})
		var busy sync.WaitGroup
		for number := range 3 {
			client := h.Client(number)
			busy.Go(func() {
				w.Sleep(time.Duration(number) * time.Millisecond)
				for call := range 20 {
					c := command{op: []string{"Append", "Get"}[call%2], key: []string{"x", "y<"}[call/2%2], value: "v"}
					op := client.Begin(c.key, c)
					var reply DoReply
					if w.Net().Ends(2)[0].Call("store.Do", &DoArgs{c.op, c.key, c.value}, &reply) {
						op.End(result{reply.Value, reply.Version, reply.OK})
					}
				}
			})
		}
		w.Sleep(10 * time.Millisecond)
		w.Net().Crash(1)
		w.Notef("the other one is down")
		w.Sleep(10 * time.Millisecond)
		w.Net().Start(1, func(*labrpc.Env) {})
		busy.Wait()
		require.Equal(w, 60, h.Len())
		require.Empty(w, h.Open())
	})
}

func TestWatchedRight(t *testing.T) { watched(t, false) }

// The tests that have to fail do so in a process of their own.
const child = "LINEAR_WATCHED"

func mayFail(t *testing.T) {
	if os.Getenv(child) == "" {
		t.Skip("for TestWatched")
	}
}

func TestWatchedStale(t *testing.T) {
	mayFail(t)
	watched(t, true)
}

func TestWatchedHard(t *testing.T) {
	mayFail(t)
	simtest.Run(t, simtest.Options{Lab: "lab0-linear"}, func(w *simtest.World) { silentCrowd(40, "?").Watch(w) })
}

// What a history shows is the run's failure, and a picture beside its trace, the
// same each time.
func TestWatched(t *testing.T) {
	t.Run("stale", func(t *testing.T) {
		t.Parallel()
		r, picture := watchedBy(t, "TestWatchedStale")
		require.Equal(t, simtest.Violation, r.Failure.Cause)
		require.Equal(t, linear.Linearizable, r.Failure.Rule)
		require.Equal(t, []string{linear.PictureFile}, r.Failure.Files)
		require.NotEmpty(t, r.Failure.Detail)
		require.NotEmpty(t, r.Failure.Evidence)
		require.Less(t, r.Failure.At, r.Virtual)
		for _, text := range []string{"Append(", `"crash"`, `"restart"`, "the other one is down", "another"} {
			require.Contains(t, string(picture), text)
		}
		again, same := watchedBy(t, "TestWatchedStale")
		require.Equal(t, r.Failure, again.Failure)
		require.True(t, bytes.Equal(picture, same), "two runs, two pictures")
	})
	t.Run("hard", func(t *testing.T) {
		t.Parallel()
		r, _ := watchedBy(t, "TestWatchedHard")
		require.Equal(t, simtest.Undecided, r.Failure.Cause)
		require.Equal(t, linear.Linearizable, r.Failure.Rule)
		require.False(t, r.Passed)
	})
}

// watchedBy runs one of the tests that fail, and returns what it leaves.
func watchedBy(t *testing.T, test string) (r *simtest.Result, picture []byte) {
	bin, err := os.Executable()
	require.NoError(t, err)
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), bin, "-test.run", "^"+test+"$", "-test.artifacts", "-test.outputdir", dir, "-test.cpu", "1")
	cmd.Env = append(os.Environ(), child+"=1")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	require.True(t, errors.As(err, &exit), "%v: %s", err, out)
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch filepath.Base(path) {
		case simtest.ResultFile:
			r, err = simtest.ReadResult(path)
		case linear.PictureFile:
			picture, err = os.ReadFile(path)
		}
		return err
	}))
	require.NotNil(t, r, "%s", out)
	require.Contains(t, string(out), r.Failure.Text)
	return r, picture
}
