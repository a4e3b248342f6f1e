package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// A Task is one submission to be run, in one way.
type Task struct {
	Key   string
	Suite string // of its results; several tasks may share them
	Spec  []byte // JSON, the caller's
}

// PutTask keeps a task, and says that a batch wants it for a student. planned is
// how many runs it has.
func (s *Store) PutTask(ctx context.Context, batch, student string, t Task, planned int) error {
	return s.inOne(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO grader_tasks (task, suite, spec) VALUES ($1, $2, $3)
			ON CONFLICT (task) DO UPDATE SET spec = excluded.spec`, t.Key, t.Suite, string(t.Spec)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO grader_batches (batch, task, student, planned) VALUES ($1, $2, $3, $4)
			ON CONFLICT (batch, student, task) DO UPDATE SET planned = excluded.planned`, batch, t.Key, student, planned)
		return err
	})
}

// Task returns a task. found is false if there is none, and wanted if no batch
// wants it any more.
func (s *Store) Task(ctx context.Context, key string) (t Task, found, wanted bool, err error) {
	var spec string
	err = s.db.QueryRowContext(ctx, `SELECT suite, spec, EXISTS (SELECT 1 FROM grader_batches b WHERE b.task = grader_tasks.task)
		FROM grader_tasks WHERE task = $1`, key).Scan(&t.Suite, &spec, &wanted)
	if errors.Is(err, sql.ErrNoRows) {
		return t, false, false, nil
	}
	t.Key, t.Spec = key, []byte(spec)
	return t, err == nil, wanted, err
}

// Begin forgets what a batch of that name wanted before.
func (s *Store) Begin(ctx context.Context, batch string) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM grader_batches WHERE batch = $1`, batch)
	return err
}

// Made returns how many results there are of each suite of a batch.
func (s *Store) Made(ctx context.Context, batch string) (made map[string]int, err error) {
	made = make(map[string]int)
	err = s.each(ctx, func(rows *sql.Rows) error {
		var suite string
		var n int
		err := rows.Scan(&suite, &n)
		made[suite] = n
		return err
	}, `SELECT suite, count(*) FROM grader_results WHERE suite IN
		(SELECT t.suite FROM grader_batches b JOIN grader_tasks t ON t.task = b.task WHERE b.batch = $1) GROUP BY suite`, batch)
	return made, err
}

// A Row is one student's task in a batch, and how far it is.
type Row struct {
	Batch, Student, Task string
	Planned, Made        int // runs
	Failed, Broken       int // of those made
}

// Rows returns how far the batches are, by batch and student.
func (s *Store) Rows(ctx context.Context) (all []Row, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var r Row
		err := rows.Scan(&r.Batch, &r.Student, &r.Task, &r.Planned, &r.Made, &r.Failed, &r.Broken)
		all = append(all, r)
		return err
	}, `SELECT b.batch, b.student, b.task, b.planned, count(r.run_key),
			coalesce(sum(CASE WHEN r.verdict = 'fail' THEN 1 ELSE 0 END), 0),
			coalesce(sum(CASE WHEN r.verdict = 'broken' THEN 1 ELSE 0 END), 0)
		FROM grader_batches b JOIN grader_tasks t ON t.task = b.task LEFT JOIN grader_results r ON r.suite = t.suite
		GROUP BY b.batch, b.student, b.task, b.planned ORDER BY b.batch, b.student, b.task`)
	return all, err
}

// A Worker is who made runs.
type Worker struct {
	Name string
	Made int
	Last time.Time // when it recorded its last result
}

// Workers returns who made the runs that the batches want, by name.
func (s *Store) Workers(ctx context.Context) (all []Worker, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var w Worker
		var last int64
		err := rows.Scan(&w.Name, &w.Made, &last)
		w.Last = time.UnixMilli(last)
		all = append(all, w)
		return err
	}, `SELECT worker, count(*), max(at_ms) FROM grader_results
		WHERE suite IN (SELECT t.suite FROM grader_batches b JOIN grader_tasks t ON t.task = b.task) GROUP BY worker ORDER BY worker`)
	return all, err
}
