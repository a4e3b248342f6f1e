package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// A bubblewrap sandbox is made by bwrap(1), as any user, and its limits by
// prlimit(1).
type bubblewrap struct {
	bwrap, prlimit string // paths
	version        string
	users          userPool
}

func newBubblewrap() (Sandbox, error) {
	bwrap, err := exec.LookPath("bwrap")
	if err != nil {
		return nil, err
	}
	prlimit, err := exec.LookPath("prlimit")
	if err != nil {
		return nil, err
	}
	version, err := exec.Command(bwrap, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s --version: %w", bwrap, err)
	}
	return &bubblewrap{bwrap: bwrap, prlimit: prlimit, version: strings.TrimSpace(string(version)), users: newUserPool()}, nil
}

// Tier is the program and its version.
func (b *bubblewrap) Tier() string { return b.version }

// Confine puts prlimit and bwrap before the command. What the command itself
// inherits beside its standard streams are the descriptors that it has.
func (b *bubblewrap) Confine(cmd *exec.Cmd, box Box) (done func(), err error) {
	user, back, err := b.users.lend(box)
	if err != nil {
		back()
		return nil, err
	}
	args := append([]string{b.prlimit}, box.shares(user).flags()...)
	args = append(args, "--", b.bwrap,
		"--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session",
		"--cap-drop", "ALL", "--hostname", "sandbox")
	whole := len(box.ReadOnly) > 0 && box.ReadOnly[0] == "/"
	if whole {
		args = append(args, "--ro-bind", "/", "/")
	}
	args = append(args, "--dev", "/dev", "--size", strconv.FormatInt(box.Temp, 10), "--perms", "0700", "--tmpfs", "/tmp")
	for _, path := range box.ReadOnly {
		if path != "/" {
			args = append(args, "--ro-bind", path, path)
		}
	}
	for _, path := range box.Writable {
		args = append(args, "--bind", path, path)
	}
	var environ *os.File
	switch {
	case box.Proc:
		args = append(args, "--proc", "/proc")
	default:
		// The race detector reads its options here, and nothing else is needed.
		if environ, err = pipeOf(strings.Join(cmd.Env, "\x00") + "\x00"); err != nil {
			back()
			return nil, err
		}
		cmd.ExtraFiles = append(cmd.ExtraFiles, environ)
		args = append(args, "--dir", "/proc/self", "--ro-bind-data", strconv.Itoa(2+len(cmd.ExtraFiles)), "/proc/self/environ",
			"--symlink", cmd.Path, "/proc/self/exe")
	}
	args = append(args, "--remount-ro", "/dev")
	if !whole {
		args = append(args, "--remount-ro", "/")
	}
	dir := cmd.Dir
	if dir == "" {
		dir = "/tmp"
	}
	args = append(args, "--chdir", dir, "--", cmd.Path)
	cmd.Args = append(args, cmd.Args[1:]...)
	cmd.Path = b.prlimit
	cmd.Dir = "/"
	asUser(cmd, user)
	return func() {
		if environ != nil {
			environ.Close()
		}
		back()
	}, nil
}

// flags are the limits as prlimit has them.
func (s Shares) flags() []string {
	flags := []string{"--core=0"}
	for _, l := range []struct {
		name  string
		value int64
	}{
		{"cpu", int64(s.Processor.Seconds())}, {"as", s.Address}, {"fsize", s.File},
		{"nofile", int64(s.Files)}, {"nproc", int64(s.Processes)},
	} {
		if l.value > 0 {
			flags = append(flags, fmt.Sprintf("--%s=%d", l.name, l.value))
		}
	}
	return flags
}

// pipeOf returns the end of a pipe from which a short text can be read.
func pipeOf(text string) (*os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	if _, err := w.WriteString(text); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}
