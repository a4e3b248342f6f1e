package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// asUser makes a command that has no SysProcAttr run as a user, if that is not
// the grader's own.
func asUser(cmd *exec.Cmd, user int) {
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if user != os.Getuid() {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(user), Gid: uint32(user)}
	}
}

// keepDescriptors closes in what the grader starts from now on the files that
// the grader itself inherited: a log of its parent's, say.
func keepDescriptors() error { return unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC) }

// inherit undoes for one file what keepDescriptors does.
func inherit(f *os.File) error {
	_, err := unix.FcntlInt(f.Fd(), unix.F_SETFD, 0)
	return err
}

// Namespaces are a sandbox that this program makes itself: it starts once more,
// in namespaces of its own, builds a small root, gives up its rights, lets
// Landlock keep what is left, and becomes the command.
type namespaces struct {
	self     string // this program
	landlock int    // the version of the kernel's
	users    userPool
}

// An enclosure is what the second start is told.
type enclosure struct {
	Box
	User int    // to become; 0 where the grader is not root
	Dir  string // to start in
	Path string // of the command
	Args []string
	Env  []string // not that of the second start, which would read from it what is meant for the command
}

// insideName is what the second start is called.
const insideName = "grader-inside"

func newNamespaces() (Sandbox, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	version, err := landlockVersion()
	if err != nil {
		return nil, err
	}
	return &namespaces{self: self, landlock: version, users: newUserPool()}, nil
}

// Tier tells what the kernel has.
func (n *namespaces) Tier() string {
	return fmt.Sprintf("namespaces with Landlock (version %d)", n.landlock)
}

// Confine makes the command a second start of this program.
func (n *namespaces) Confine(cmd *exec.Cmd, box Box) (done func(), err error) {
	user, back, err := n.users.lend(box)
	if err != nil {
		back()
		return nil, err
	}
	c := enclosure{Box: box, Dir: cmd.Dir, Path: cmd.Path, Args: cmd.Args, Env: cmd.Env}
	c.Shares = box.shares(user)
	attr := &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS,
		Pdeathsig:  syscall.SIGKILL,
	}
	if os.Getuid() == 0 {
		c.User = user
	} else {
		attr.Cloneflags |= unix.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	text, err := json.Marshal(c)
	if err != nil {
		back()
		return nil, err
	}
	cmd.Path, cmd.Args, cmd.Dir, cmd.Env = n.self, []string{insideName, string(text)}, "/", []string{}
	cmd.SysProcAttr = attr
	return back, nil
}
