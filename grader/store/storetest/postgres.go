// Package storetest starts a PostgreSQL for a test.
package storetest

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// Postgres starts a server that lives as long as the test, hears on a socket in
// a folder of its own and on no network, and has an empty database. It returns
// the database's address. Where PostgreSQL is not installed the test is skipped.
//
// PostgreSQL does not run as root: a test that does starts it as the user
// postgres, whom its package brings.
func Postgres(t testing.TB) (address string) {
	t.Helper()
	bin := folder()
	if bin == "" {
		t.Skip("there is no PostgreSQL here: initdb and pg_ctl are neither on the path nor below /usr/lib/postgresql")
	}
	dir, err := os.MkdirTemp("", "pg") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	var as *syscall.Credential
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			t.Skipf("PostgreSQL does not run as root, and there is no user for it: %v", err)
		}
		uid, _ := strconv.Atoi(u.Uid) // both are numbers on unix
		gid, _ := strconv.Atoi(u.Gid)
		as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	run := func(program string, args ...string) error {
		cmd := exec.Command(filepath.Join(bin, program), args...)
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
		// Not a pipe: the server would hold it open.
		said, err := os.Create(filepath.Join(dir, program+".said"))
		if err != nil {
			return err
		}
		defer said.Close()
		cmd.Stdout, cmd.Stderr = said, said
		if err := cmd.Run(); err != nil {
			text, _ := os.ReadFile(said.Name()) // the error is what counts
			return fmt.Errorf("%s: %w\n%s", program, err, bytes.TrimSpace(text))
		}
		return nil
	}
	data := filepath.Join(dir, "data")
	if err := run("initdb", "-D", data, "-U", "grader", "--auth=trust", "--no-sync", "-E", "UTF8", "--no-locale"); err != nil {
		t.Fatal(err)
	}
	options := fmt.Sprintf("-c listen_addresses='' -c unix_socket_directories='%s' -c fsync=off -c max_connections=60", dir)
	if err := run("pg_ctl", "-D", data, "-w", "-l", filepath.Join(dir, "log"), "-o", options, "start"); err != nil {
		text, _ := os.ReadFile(filepath.Join(dir, "log")) // it may tell more
		t.Fatalf("%v\n%s", err, text)
	}
	t.Cleanup(func() {
		if err := run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"); err != nil {
			t.Error(err)
		}
	})
	return "postgres://grader@/postgres?" + url.Values{"host": {dir}}.Encode()
}

// folder returns where PostgreSQL's programs are, the newest if there are
// several, or "".
func folder() string {
	places, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is well formed
	slices.Reverse(places)
	if path, err := exec.LookPath("pg_ctl"); err == nil {
		places = append(places, filepath.Dir(path))
	}
	for _, dir := range places {
		_, noServer := exec.LookPath(filepath.Join(dir, "pg_ctl"))
		if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err == nil && noServer == nil {
			return dir
		}
	}
	return ""
}
