// Package store keeps what a batch of gradings came to, in one database: what
// is to be run, the binaries that are run, what each run came to, and what it
// left. It is a file of SQLite's on one machine, and PostgreSQL for many.
//
// Results are the truth. A run has a key, and the first result that is recorded
// under a key stands: who records another is told so, and nothing changes. The
// queue beside them (queue.go) is disposable: who starts a batch puts into it
// what is planned and has no result yet, and a run that is made twice does no
// harm.
//
// The same SQL goes to both databases: times are milliseconds since 1970, truth
// is 0 or 1, and what has more shape is JSON.
//
// Who can write to the database can write grades. So what runs submissions must
// keep the database's address from them.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// A Store is an open database. Its methods may be called from several
// goroutines at once.
type Store struct {
	db     *sql.DB
	pool   *pgxpool.Pool // nil for SQLite
	unlock func()
}

// tables are ours; those of the queue are River's.
const tables = `
CREATE TABLE IF NOT EXISTS grader_blobs (
	digest text PRIMARY KEY, -- the SHA-256 of what was compressed into data
	size bigint NOT NULL,    -- of that, in bytes
	data bytea NOT NULL      -- zstd
);
CREATE TABLE IF NOT EXISTS grader_tasks (
	task text PRIMARY KEY,
	suite text NOT NULL,
	spec text NOT NULL       -- JSON, the caller's
);
CREATE TABLE IF NOT EXISTS grader_batches (
	batch text NOT NULL,
	task text NOT NULL,
	student text NOT NULL,
	planned bigint NOT NULL, -- runs
	PRIMARY KEY (batch, student, task)
);
CREATE TABLE IF NOT EXISTS grader_results (
	run_key text PRIMARY KEY,
	suite text NOT NULL,
	test text NOT NULL,
	run bigint NOT NULL,
	verdict text NOT NULL,
	cause text NOT NULL,     -- of the first failure, or empty
	rule text NOT NULL,      -- of the same
	outcome text NOT NULL,   -- JSON, the caller's
	worker text NOT NULL,
	sandbox text NOT NULL,
	took_ms bigint NOT NULL,
	at_ms bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS grader_results_by_suite ON grader_results (suite, test);
CREATE INDEX IF NOT EXISTS grader_batches_by_task ON grader_batches (task);
`

// An Access says what a database is opened for.
type Access int

const (
	Work Access = iota // to write: of a file, one process at a time
	Look               // to read; the database has to be there
)

// Open opens a database: of PostgreSQL if its address begins with postgres://
// or postgresql://, and otherwise the file of that name, which is made if it is
// not there. What the queue had handed to a process that was killed, on a file,
// is handed out again.
func Open(ctx context.Context, address string, access Access) (*Store, error) {
	open := openFile
	if IsServer(address) {
		open = openServer
	}
	s, err := open(ctx, address, access)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", Public(address), err)
	}
	return s, nil
}

// IsServer reports whether an address is that of a server, which several
// processes may work with.
func IsServer(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// Public returns an address without its password.
func Public(address string) string {
	if !IsServer(address) {
		return address
	}
	u, err := url.Parse(address)
	if err != nil {
		return "postgres://…"
	}
	return u.Redacted()
}

// openFile opens a file of SQLite's. One connection at a time is what River
// asks for. A commit does not wait for the disk: a machine that loses its power
// loses the last results at most, and they are made again.
func openFile(ctx context.Context, path string, access Access) (s *Store, err error) {
	s = &Store{unlock: func() {}}
	defer func() {
		if err != nil {
			s.Close()
			s = nil
		}
	}()
	if access == Look {
		if _, err := os.Stat(path); err != nil {
			return s, err
		}
	} else {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return s, err
		}
		if s.unlock, err = lock(path + ".lock"); err != nil {
			s.unlock = func() {}
			return s, err
		}
	}
	parameters := url.Values{"_pragma": {"busy_timeout(20000)", "journal_mode(WAL)", "synchronous(NORMAL)"}, "_txlock": {"immediate"}}
	at := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: parameters.Encode()}
	if s.db, err = sql.Open("sqlite", at.String()); err != nil {
		return s, err
	}
	s.db.SetMaxOpenConns(1)
	if access == Look {
		return s, s.db.PingContext(ctx)
	}
	if _, err := s.db.ExecContext(ctx, tables); err != nil {
		return s, err
	}
	if err := s.migrateQueue(ctx); err != nil {
		return s, err
	}
	return s, s.handOutAgain(ctx)
}

// migration is the number of the lock under which one process at a time makes
// the tables of a server.
const migration = 7_238_411

// openServer opens a database of PostgreSQL.
func openServer(ctx context.Context, address string, access Access) (s *Store, err error) {
	s = &Store{unlock: func() {}}
	defer func() {
		if err != nil {
			s.Close()
			s = nil
		}
	}()
	if s.pool, err = pgxpool.New(ctx, address); err != nil {
		return s, err
	}
	s.db = stdlib.OpenDBFromPool(s.pool)
	if access == Look {
		return s, s.db.PingContext(ctx)
	}
	guard, err := s.db.Conn(ctx)
	if err != nil {
		return s, err
	}
	defer guard.Close()
	if _, err := guard.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migration); err != nil {
		return s, err
	}
	defer func() {
		_, unlocked := guard.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migration)
		err = errors.Join(err, unlocked)
	}()
	if _, err := guard.ExecContext(ctx, tables); err != nil {
		return s, err
	}
	return s, s.migrateQueue(ctx)
}

// Close ends the use of the database.
func (s *Store) Close() error {
	var err error
	if s.db != nil {
		err = s.db.Close()
	}
	if s.pool != nil {
		s.pool.Close()
	}
	s.unlock()
	return err
}

// each calls visit with every row of a query. visit may not use the store: there
// may be no other connection.
func (s *Store) each(ctx context.Context, visit func(rows *sql.Rows) error, query string, args ...any) error {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := visit(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// inOne makes several changes one.
func (s *Store) inOne(ctx context.Context, change func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := change(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
