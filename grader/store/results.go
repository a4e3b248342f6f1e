package store

import (
	"context"
	"database/sql"
	"time"
)

// A Result is what one run came to.
type Result struct {
	Key     string // of the run: two runs with one key are the same run
	Suite   string // what was run: a submission with the tests
	Test    string
	Run     int
	Verdict string
	Cause   string // of its first failure, or empty
	Rule    string // that this broke, or empty
	Outcome []byte // JSON: all there is to say; nil from Results
	Worker  string // who made it
	Sandbox string // in what
	Took    time.Duration
	At      time.Time
}

// Record keeps a result. first is false if there was one of that key already,
// which then stays what it is.
func (s *Store) Record(ctx context.Context, r Result) (first bool, err error) {
	done, err := s.db.ExecContext(ctx, `INSERT INTO grader_results
		(run_key, suite, test, run, verdict, cause, rule, outcome, worker, sandbox, took_ms, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		r.Key, r.Suite, r.Test, r.Run, r.Verdict, r.Cause, r.Rule, string(r.Outcome), r.Worker, r.Sandbox, r.Took.Milliseconds(), r.At.UnixMilli())
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n == 1, err
}

// Results returns the results of a suite, by key, without their outcomes.
func (s *Store) Results(ctx context.Context, suite string) (map[string]Result, error) {
	return s.results(ctx, `SELECT run_key, test, run, verdict, cause, rule, '' FROM grader_results WHERE suite = $1`, suite)
}

// ResultsOf returns those of one test.
func (s *Store) ResultsOf(ctx context.Context, suite, test string) (map[string]Result, error) {
	return s.results(ctx, `SELECT run_key, test, run, verdict, cause, rule, '' FROM grader_results WHERE suite = $1 AND test = $2`, suite, test)
}

// Outcomes returns the results of a suite, by key, with their outcomes.
func (s *Store) Outcomes(ctx context.Context, suite string) (map[string]Result, error) {
	return s.results(ctx, `SELECT run_key, test, run, verdict, cause, rule, outcome FROM grader_results WHERE suite = $1`, suite)
}

func (s *Store) results(ctx context.Context, query string, args ...any) (map[string]Result, error) {
	all := make(map[string]Result)
	err := s.each(ctx, func(rows *sql.Rows) error {
		var r Result
		var outcome string
		err := rows.Scan(&r.Key, &r.Test, &r.Run, &r.Verdict, &r.Cause, &r.Rule, &outcome)
		if outcome != "" {
			r.Outcome = []byte(outcome)
		}
		all[r.Key] = r
		return err
	}, query, args...)
	return all, err
}

// Sandboxes returns in which sandboxes the runs of a suite were made.
func (s *Store) Sandboxes(ctx context.Context, suite string) (names []string, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	}, `SELECT DISTINCT sandbox FROM grader_results WHERE suite = $1 ORDER BY sandbox`, suite)
	return names, err
}

// Forget takes out the results of a suite that have a verdict, so that the runs
// are made again.
func (s *Store) Forget(ctx context.Context, suite, verdict string) (n int64, err error) {
	done, err := s.db.ExecContext(ctx, `DELETE FROM grader_results WHERE suite = $1 AND verdict = $2`, suite, verdict)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}
