package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// The queue is River's, on the same database. This is the only file that knows
// it. To put another in its place loses no result.
//
// River's own states matter little: a job that has ended may come again, and who
// takes a job looks first which of its runs have results.

// A Chunk is a job: some runs of some tests of a part, which one worker makes,
// one after the other.
type Chunk struct {
	Task  string `json:"task"`
	Part  string `json:"part"`
	Test  int    `json:"test"`  // the first of the part's tests
	Tests int    `json:"tests"` // how many
	Run   int    `json:"run"`   // the first run of each
	Runs  int    `json:"runs"`  // how many of each
}

// Kind is the name of the job in River's tables.
func (Chunk) Kind() string { return "runs" }

// Attempts is how often a chunk is begun before River gives it up. Who works on
// chunks must not let it come to that: see Do.
const Attempts = 25

// unique says when two jobs are the same one. A job that has ended is no
// reason not to make another.
var unique = river.UniqueOpts{ByArgs: true, ByQueue: true, ByState: []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled}}

// A Do makes the runs of a chunk that have no result. more says that it stopped
// before its end, and the rest is to be handed out again. begun counts how often
// the chunk was begun by somebody who did not come to its end; before it reaches
// Attempts, Do has to end well.
type Do func(ctx context.Context, c Chunk, begun int) (more bool, err error)

// A Queue hands out the chunks of one version of the grader: a worker of another
// would judge runs otherwise.
type Queue struct {
	engine  engine
	version string
}

// A Desk says how a process works on a queue.
type Desk struct {
	Name    string        // of the worker
	Places  int           // chunks at once
	Longest time.Duration // that one chunk can take; then it is stopped and handed out again
	Log     io.Writer     // for what goes wrong
}

// engine is River's client, whatever the database.
type engine interface {
	add(ctx context.Context, jobs []river.InsertManyParams) error
	start(ctx context.Context) error
	ended() <-chan struct{}
}

type client[T any] struct{ *river.Client[T] }

func (c client[T]) add(ctx context.Context, jobs []river.InsertManyParams) error {
	_, err := c.InsertMany(ctx, jobs)
	return err
}

func (c client[T]) start(ctx context.Context) error { return c.Start(ctx) }
func (c client[T]) ended() <-chan struct{}          { return c.Stopped() }

// Queue returns the queue of a version for one who only puts chunks into it.
func (s *Store) Queue(version string) (*Queue, error) {
	return s.queue(version, &river.Config{Logger: slog.New(slog.DiscardHandler)})
}

func (s *Store) queue(version string, config *river.Config) (*Queue, error) {
	q := &Queue{version: version}
	var err error
	if s.pool != nil {
		q.engine, err = engineOn[pgx.Tx](riverpgxv5.New(s.pool), config)
	} else {
		q.engine, err = engineOn[*sql.Tx](riversqlite.New(s.db), config)
	}
	return q, err
}

func engineOn[T any](driver riverdriver.Driver[T], config *river.Config) (engine, error) {
	c, err := river.NewClient(driver, config)
	if err != nil {
		return nil, fmt.Errorf("the queue: %w", err)
	}
	return client[T]{c}, nil
}

// Add puts chunks into the queue, in the order in which they are to be handed
// out. Those that are in it are not put there again.
func (q *Queue) Add(ctx context.Context, chunks []Chunk) error {
	const atOnce = 1000
	for len(chunks) > 0 {
		some := chunks[:min(atOnce, len(chunks))]
		chunks = chunks[len(some):]
		jobs := make([]river.InsertManyParams, len(some))
		for i, c := range some {
			jobs[i] = river.InsertManyParams{Args: c, InsertOpts: &river.InsertOpts{Queue: q.version, MaxAttempts: Attempts, UniqueOpts: unique}}
		}
		if err := q.engine.add(ctx, jobs); err != nil {
			return fmt.Errorf("the queue: %w", err)
		}
	}
	return nil
}

// Work works on the chunks of a version until ctx is done; what it is at is then
// stopped and handed out again. ready is called before the first chunk is taken,
// with the queue.
func (s *Store) Work(ctx context.Context, version string, desk Desk, do Do, ready func(*Queue)) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{do: do})
	q, err := s.queue(version, &river.Config{
		ID: desk.Name, Workers: workers,
		Queues:      map[string]river.QueueConfig{version: {MaxWorkers: desk.Places}},
		MaxAttempts: Attempts, RetryPolicy: soon{},
		JobTimeout: desk.Longest, RescueStuckJobsAfter: desk.Longest + time.Minute,
		FetchCooldown: 5 * time.Millisecond, FetchPollInterval: 200 * time.Millisecond,
		CompletedJobRetentionPeriod: time.Minute,
		Logger:                      slog.New(slog.NewTextHandler(desk.Log, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return err
	}
	ready(q)
	outer := ctx
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if s.pool != nil {
		if err := s.vouch(ctx, desk.Name, stop); err != nil {
			return fmt.Errorf("the queue: %w", err)
		}
	}
	if err := q.engine.start(ctx); err != nil && outer.Err() == nil {
		return fmt.Errorf("the queue: %w", err)
	} else if err == nil {
		<-q.engine.ended()
	}
	if outer.Err() == nil {
		return fmt.Errorf("the queue: %w", context.Cause(ctx))
	}
	return nil
}

// alive is the first half of the numbers of the locks that workers of a server
// hold as long as they live; the second is a hash of the worker's name.
const alive = 7_238_412

// lookAround is how often a worker of a server looks whether another has died.
const lookAround = 3 * time.Second

// vouch holds a lock for a worker of a server until ctx is done: the server lets
// go of it when the worker dies, however it dies. It also looks for those who
// did, and has their chunks handed out again at once; River would wait until
// they are longer under way than any can be. It calls stop if the connection is
// lost: others then take this worker for dead.
func (s *Store) vouch(ctx context.Context, name string, stop context.CancelCauseFunc) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock_shared($1, hashtext($2))`, alive, name); err != nil {
		return errors.Join(err, conn.Close())
	}
	go func() {
		look := time.NewTicker(lookAround)
		defer look.Stop()
		for {
			_, err := conn.ExecContext(ctx, `UPDATE river_job SET state = 'available'
				WHERE state = 'running' AND NOT EXISTS (SELECT 1 FROM pg_locks
					WHERE locktype = 'advisory' AND classid = $1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
					AND objid::bigint = hashtext(attempted_by[cardinality(attempted_by)])::bigint & 4294967295)`, alive)
			if err != nil && ctx.Err() == nil {
				stop(fmt.Errorf("the connection to the server is lost: %w", err))
			}
			select {
			case <-look.C:
			case <-ctx.Done():
				// The lock goes with the connection: it is not to be used again.
				_ = conn.Raw(func(any) error { return driver.ErrBadConn })
				_ = conn.Close()
				return
			}
		}
	}()
	return nil
}

// worker is what River calls with a job.
type worker struct {
	river.WorkerDefaults[Chunk]
	do Do
}

func (w *worker) Work(ctx context.Context, job *river.Job[Chunk]) error {
	more, err := w.do(ctx, job.Args, job.Attempt)
	if more || err != nil && ctx.Err() != nil {
		return river.JobSnooze(0) // it is handed out again, and nothing is counted
	}
	return err
}

// soon is when a job that went wrong is handed out again.
type soon struct{}

func (soon) NextRetry(*rivertype.JobRow) time.Time { return time.Now().Add(2 * time.Second) }

// migrateQueue makes River's tables.
func (s *Store) migrateQueue(ctx context.Context) error {
	var err error
	if s.pool != nil {
		err = migrate[pgx.Tx](ctx, riverpgxv5.New(s.pool))
	} else {
		err = migrate[*sql.Tx](ctx, riversqlite.New(s.db))
	}
	if err != nil {
		return fmt.Errorf("the queue's tables: %w", err)
	}
	return nil
}

func migrate[T any](ctx context.Context, driver riverdriver.Driver[T]) error {
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// handOutAgain is for a file, whose lock says that nobody works on anything:
// what was being worked on is to be had again. That it was begun is no fault of
// its own.
func (s *Store) handOutAgain(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `UPDATE river_job SET state = 'available', attempt = 0 WHERE state IN ('running', 'retryable')`)
	return err
}

// Waiting returns how many chunks wait and how many are worked on, by version.
func (s *Store) Waiting(ctx context.Context) (waiting, running map[string]int, err error) {
	waiting, running = make(map[string]int), make(map[string]int)
	err = s.each(ctx, func(rows *sql.Rows) error {
		var version, state string
		var n int
		err := rows.Scan(&version, &state, &n)
		switch rivertype.JobState(state) {
		case rivertype.JobStateRunning:
			running[version] += n
		case rivertype.JobStateAvailable, rivertype.JobStateRetryable, rivertype.JobStateScheduled, rivertype.JobStatePending:
			waiting[version] += n
		}
		return err
	}, `SELECT queue, state, count(*) FROM river_job GROUP BY queue, state`)
	return waiting, running, err
}
