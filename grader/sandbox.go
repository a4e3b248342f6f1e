package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Sandbox confines processes: what runs or compiles a submission sees few
// files, none of them writable but its own, no network, no other process, and
// has a share of the machine and no more.
//
// There are two, tier by tier: bubblewrap, where it is installed, and
// namespaces that this program makes itself, with Landlock as a second wall.
// Where there is neither, only who says -unsafe may grade.
type Sandbox interface {
	// Tier names the sandbox, in the words of a report.
	Tier() string

	// Confine changes a command that has not been started so that it runs in
	// the box. It may not have a SysProcAttr. What done gives back, if it is not nil, is to be called
	// when the process has ended.
	Confine(cmd *exec.Cmd, box Box) (done func(), err error)
}

// A Box is what one process may see and use. Paths are absolute, and are the
// same inside and outside.
type Box struct {
	ReadOnly []string // files and folders that it sees; "/" is the whole machine
	Writable []string // files and folders that it may write to, too
	Proc     bool     // it sees a real /proc, of its own processes only; otherwise a made-up one
	Own      bool     // it runs as a user of its own, if the grader runs as root
	Temp     int64    // the size of its /tmp, in bytes
	Shares   Shares
}

// Shares are limits that the kernel keeps, each for one process. Zero stands
// for no limit.
type Shares struct {
	Processor time.Duration // of processor time, in full seconds
	Address   int64         // bytes of address space
	File      int64         // bytes of the largest file it may write
	Files     int           // open at once
	Processes int           // and threads, of its user
}

// firstUser is the first of the users that boxes of their own run as, a user
// each: the kernel counts processes by user. No account should have them.
const (
	firstUser = 61600
	users     = 256
)

// A userPool lends users to boxes.
type userPool chan int

func newUserPool() userPool {
	pool := make(userPool, users)
	for i := range users {
		pool <- firstUser + i
	}
	return pool
}

// lend returns a user for the box, who owns what the box may write to, and how
// to give the user back. Where the grader is not root, it is the grader's own.
func (u userPool) lend(box Box) (user int, done func(), err error) {
	if !box.Own || os.Getuid() != 0 {
		return os.Getuid(), func() {}, nil
	}
	user = <-u
	for _, dir := range box.Writable {
		err = errors.Join(err, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
			return errors.Join(err, os.Lchown(path, user, user))
		}))
	}
	return user, func() { u <- user }, err
}

// shares returns the limits of the box when it runs as that user. What the
// grader's own user runs besides counts, too, while the box is made.
func (box Box) shares(user int) Shares {
	s := box.Shares
	if s.Processes > 0 && user == os.Getuid() {
		s.Processes += 4096
	}
	return s
}

// Machine limits of a run beside those of the table.
const (
	runTemp      = 64 << 20
	runFile      = 64 << 20
	runFiles     = 256
	runProcesses = 128
	runAddress   = 6 << 30 // a test under the race detector maps 2 GB and uses little
	runDisk      = 256 << 20
)

// boxOf is the box of a run that leaves what it leaves in dir.
func (bin *Binary) boxOf(dir string, limits Limits) Box {
	return Box{
		ReadOnly: append(libraries(), bin.Path),
		Writable: []string{dir},
		Own:      true,
		Temp:     runTemp,
		Shares: Shares{Processor: 4 * limits.Real, Address: runAddress, File: runFile, Files: runFiles,
			Processes: runProcesses},
	}
}

// libraries returns the folders from which a test binary, which the race
// detector links with C, loads its libraries.
func libraries() []string {
	found, _ := filepath.Glob("/lib/*-linux-*") // the pattern is well formed
	if found == nil {
		found = []string{"/lib", "/usr/lib", "/usr/lib64"}
	}
	return slices.DeleteFunc(append(found, "/lib64"), func(dir string) bool { return !isDir(dir) })
}

// A toolchain is where the go command keeps what it reads and writes.
type toolchain struct{ root, modules, cache string }

// buildBox is the box of the go command: it sees the machine, and writes to its
// cache and to dir only.
func (c *Course) buildBox(dir string) Box {
	return Box{
		// Those that lie in /tmp would be hidden by the box's own.
		ReadOnly: []string{"/", c.Root, c.toolchain.root, c.toolchain.modules},
		Writable: []string{c.toolchain.cache, dir},
		Proc:     true,
		Temp:     1 << 30,
		Shares:   Shares{Processor: buildTime, File: 1 << 30, Files: 4096},
	}
}

// confine puts the course into a sandbox, if there is one, or says why not. The
// modules of the lab's suite are fetched before, since nothing confined has a
// network.
func (c *Course) confine(ctx context.Context, o sandboxOptions, lab *Lab, scratch string) error {
	s, err := findSandbox(ctx, o.Sandbox)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil && !o.Unsafe {
		return fmt.Errorf("there is no sandbox here; say -unsafe if you would run the code yourself:\n%w", err)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "grader: %s\n%v\n", noSandbox, err)
		return nil
	}
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-test", "-f", "", "./"+lab.hidden())
	cmd.Dir = c.Root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("fetch what the suite of %s needs: %w\n%s", lab.Dir, err, out)
	}
	out, err := exec.CommandContext(ctx, "go", "env", "GOROOT", "GOMODCACHE", "GOCACHE").Output()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || len(lines) != 3 {
		return fmt.Errorf("go env said %q: %w", out, err)
	}
	c.toolchain = toolchain{lines[0], lines[1], lines[2]}
	for _, dir := range []string{c.toolchain.modules, c.toolchain.cache} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	c.Sandbox = s
	// The user of a box has to come through to the files that the box shows.
	return os.Chmod(scratch, 0o711)
}

// sandboxOptions are the flags of commands that run submissions.
type sandboxOptions struct {
	Sandbox string `default:"auto" enum:"auto,bubblewrap,namespaces" help:"The sandbox: bubblewrap, namespaces, or the better of those that work here (auto)."`
	Unsafe  bool   `help:"Where no sandbox works, run without one: only code that you would run yourself."`
}

// findSandbox returns the best sandbox that works here. want is auto, or a tier
// by name. The error says, tier by tier, what is missing.
func findSandbox(ctx context.Context, want string) (Sandbox, error) {
	var why []error
	for _, tier := range []struct {
		name string
		make func() (Sandbox, error)
	}{{"bubblewrap", newBubblewrap}, {"namespaces", newNamespaces}} {
		if want != "auto" && want != tier.name {
			continue
		}
		box, err := tier.make()
		if err == nil {
			err = tryOut(ctx, box)
		}
		if err == nil {
			return box, nil
		}
		why = append(why, fmt.Errorf("%s: %w", tier.name, err))
	}
	return nil, errors.Join(why...)
}

// tryOut runs a program that does nothing in each sort of box.
func tryOut(ctx context.Context, s Sandbox) error {
	program, err := exec.LookPath("true")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "grader-try-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o711); err != nil {
		return err
	}
	run := (&Binary{Path: program}).boxOf(dir, Limits{Real: time.Minute})
	build := (&Course{Root: dir, toolchain: toolchain{dir, dir, dir}}).buildBox(dir)
	for _, box := range []Box{run, build} {
		cmd := exec.Command(program)
		cmd.Env = []string{"PATH=/nonexistent"}
		p, err := startIn(ctx, s, cmd, box, Limits{Real: 20 * time.Second, Output: 4 << 10}, dir)
		if err != nil {
			return err
		}
		if p.Exit != 0 || p.Killed != "" {
			return fmt.Errorf("it does not work here: %s", strings.TrimSpace(cmp.Or(p.Stderr, fmt.Sprintf("status %d %s", p.Exit, p.Signal))))
		}
	}
	return nil
}

// tier is what a report says of where the submissions ran.
func (c *Course) tier() string {
	if c.Sandbox == nil {
		return noSandbox
	}
	return "sandbox: " + c.Sandbox.Tier()
}
