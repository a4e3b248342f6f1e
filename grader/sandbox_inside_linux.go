package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// exitInside is the exit status of a enclosure that could not be made.
const exitInside = 125

// becomeInside is called first in main. If this process is the second start of
// a sandbox of namespaces, it makes the enclosure and becomes the command, or ends.
func becomeInside() {
	if os.Args[0] != insideName || len(os.Args) != 2 {
		return
	}
	runtime.LockOSThread() // rights are a thread's
	var c enclosure
	err := json.Unmarshal([]byte(os.Args[1]), &c)
	for _, step := range []func(*enclosure) error{buildRoot, enterRoot, limit, dropRights, confineByLandlock} {
		if err == nil {
			err = step(&c)
		}
	}
	if err == nil {
		err = syscall.Exec(c.Path, c.Args, c.Env)
	}
	fmt.Fprintf(os.Stderr, "the sandbox cannot be made: %v\n", err)
	os.Exit(exitInside)
}

// newRoot is where the root is built: a folder that every Linux has and that no
// box shows. What is mounted there, nobody outside sees.
const newRoot = "/sys"

// devices are shown in every enclosure.
var devices = []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}

// buildRoot mounts what the enclosure shows below newRoot.
func buildRoot(c *enclosure) error {
	if err := mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	at := func(path string) string { return filepath.Join(newRoot, path) }
	whole := len(c.ReadOnly) > 0 && c.ReadOnly[0] == "/"
	var err error
	if whole {
		err = first(show("/", newRoot, unix.MS_REC), func() error { return readOnly(newRoot) })
	} else {
		err = mount("tmpfs", newRoot, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "size=1m,mode=755")
	}
	if err == nil && whole {
		err = mount("tmpfs", at("/dev"), "tmpfs", unix.MS_NOSUID, "size=64k,mode=755")
	}
	for _, path := range devices {
		err = first(err, func() error { return show(path, at(path), 0) })
	}
	err = first(err, func() error {
		return errors.Join(os.MkdirAll(at("/tmp"), 0o755),
			mount("tmpfs", at("/tmp"), "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, fmt.Sprintf("size=%d,mode=1777", c.Temp)))
	})
	for _, path := range c.ReadOnly {
		if path != "/" {
			err = first(err, func() error { return first(show(path, at(path), 0), func() error { return readOnly(at(path)) }) })
		}
	}
	for _, path := range c.Writable {
		err = first(err, func() error { return show(path, at(path), 0) })
	}
	return first(err, func() error { return c.proc(at) })
}

// proc makes the enclosure's /proc: the real one of its own processes, or one with
// the two files that a test binary reads.
func (c *enclosure) proc(at func(string) string) error {
	if c.Proc {
		return errors.Join(os.MkdirAll(at("/proc"), 0o555),
			mount("proc", at("/proc"), "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""))
	}
	return errors.Join(os.MkdirAll(at("/proc/self"), 0o755),
		os.WriteFile(at("/proc/self/environ"), []byte(strings.Join(c.Env, "\x00")+"\x00"), 0o444),
		os.Symlink(c.Path, at("/proc/self/exe")))
}

// enterRoot makes newRoot the root, and forgets the old one.
func enterRoot(c *enclosure) error {
	err := errors.Join(os.Chdir(newRoot), unix.PivotRoot(".", "."), unix.Unmount(".", unix.MNT_DETACH), os.Chdir("/"))
	if err != nil {
		return fmt.Errorf("enter the new root: %w", err)
	}
	dir := c.Dir
	if dir == "" {
		dir = "/tmp"
	}
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY} // and not what is mounted on it
	return errors.Join(unix.MountSetattr(unix.AT_FDCWD, "/", 0, &attr), unix.Sethostname([]byte("sandbox")), os.Chdir(dir))
}

// limit sets the limits of the process.
func limit(c *enclosure) error {
	var err error
	for _, l := range []struct {
		resource int
		value    int64
	}{
		{unix.RLIMIT_CPU, int64(c.Shares.Processor.Seconds())}, {unix.RLIMIT_AS, c.Shares.Address},
		{unix.RLIMIT_FSIZE, c.Shares.File}, {unix.RLIMIT_NOFILE, int64(c.Shares.Files)},
		{unix.RLIMIT_NPROC, int64(c.Shares.Processes)},
	} {
		if l.value > 0 {
			err = errors.Join(err, setLimit(l.resource, uint64(l.value)))
		}
	}
	return errors.Join(err, setLimit(unix.RLIMIT_CORE, 0))
}

// setLimit goes past package syscall, which would give the old limit of open
// files back when it starts the command.
func setLimit(resource int, value uint64) error {
	l := unix.Rlimit{Cur: value, Max: value}
	if err := unix.Prlimit(0, resource, &l, nil); err != nil {
		return fmt.Errorf("limit %d to %d: %w", resource, value, err)
	}
	return nil
}

// dropRights gives up all capabilities of this thread, for ever, and becomes
// the user of the enclosure.
func dropRights(c *enclosure) error {
	for capability := uintptr(0); ; capability++ {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, capability, 0, 0, 0); errors.Is(err, unix.EINVAL) {
			break // there is none of that number
		} else if err != nil {
			return fmt.Errorf("drop capability %d: %w", capability, err)
		}
	}
	if c.User != 0 {
		for _, call := range []struct {
			name       string
			trap       uintptr
			a1, a2, a3 uintptr
		}{
			{"setgroups", unix.SYS_SETGROUPS, 0, 0, 0},
			{"setresgid", unix.SYS_SETRESGID, uintptr(c.User), uintptr(c.User), uintptr(c.User)},
			{"setresuid", unix.SYS_SETRESUID, uintptr(c.User), uintptr(c.User), uintptr(c.User)},
		} {
			if _, _, errno := unix.RawSyscall(call.trap, call.a1, call.a2, call.a3); errno != 0 {
				return fmt.Errorf("%s: %w", call.name, errno)
			}
		}
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	if err := unix.Capset(&header, &none[0]); err != nil {
		return fmt.Errorf("drop capabilities: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no new privileges: %w", err)
	}
	// Changing the user forgot it.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return fmt.Errorf("end with the grader: %w", err)
	}
	return nil
}

// landlockVersion returns the version of the kernel's Landlock.
func landlockVersion() (int, error) {
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0, fmt.Errorf("the kernel has no Landlock: %w", errno)
	}
	return int(version), nil
}

// Rights of Landlock.
const (
	landlockRead  = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	landlockFile  = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE
	landlockWrite = landlockRead | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE |
		unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_SYM |
		unix.LANDLOCK_ACCESS_FS_REFER | unix.LANDLOCK_ACCESS_FS_TRUNCATE
	landlockAll = landlockWrite | unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_SOCK |
		unix.LANDLOCK_ACCESS_FS_MAKE_FIFO | unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK
	landlockTCP   = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	landlockScope = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
)

// confineByLandlock says once more, to another part of the kernel, what the
// mounts say: what may be read and written. It also refuses sockets, as far as
// the kernel's version does.
func confineByLandlock(c *enclosure) error {
	version, err := landlockVersion()
	if err != nil {
		return err
	}
	handled := uint64(landlockAll)
	attr := unix.LandlockRulesetAttr{} // an older kernel wants zeros in what it does not know
	if version < 3 {
		handled &^= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if version < 2 {
		handled &^= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if version >= 4 {
		attr.Handled_access_net = landlockTCP
	}
	if version >= 6 {
		attr.Scoped = landlockScope
	}
	attr.Handled_access_fs = handled
	rules, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0)
	if errno != 0 {
		return fmt.Errorf("landlock: %w", errno)
	}
	defer unix.Close(int(rules))
	allow := func(path string, access uint64) error {
		fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
		if err != nil {
			return fmt.Errorf("landlock %s: %w", path, err)
		}
		defer unix.Close(fd)
		var stat unix.Stat_t
		if err := unix.Fstat(fd, &stat); err != nil {
			return fmt.Errorf("landlock %s: %w", path, err)
		}
		if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
			access &= landlockFile
		}
		rule := unix.LandlockPathBeneathAttr{Allowed_access: access & handled, Parent_fd: int32(fd)}
		if _, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, rules, unix.LANDLOCK_RULE_PATH_BENEATH,
			uintptr(unsafe.Pointer(&rule)), 0, 0, 0); errno != 0 {
			return fmt.Errorf("landlock %s: %w", path, errno)
		}
		return nil
	}
	for _, path := range append([]string{"/proc"}, c.ReadOnly...) {
		err = errors.Join(err, allow(path, landlockRead))
	}
	for _, path := range append(append([]string{"/tmp"}, devices...), c.Writable...) {
		err = errors.Join(err, allow(path, landlockWrite))
	}
	if err != nil {
		return err
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, rules, 0, 0); errno != 0 {
		return fmt.Errorf("landlock: %w", errno)
	}
	return nil
}

func first(err error, then func() error) error {
	if err != nil {
		return err
	}
	return then()
}

func mount(source, target, kind string, flags uintptr, data string) error {
	if err := unix.Mount(source, target, kind, flags, data); err != nil {
		return fmt.Errorf("mount %s on %s: %w", source, target, err)
	}
	return nil
}

// show binds a file or folder of the machine to a place that it makes.
func show(path, at string, more uintptr) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		err = os.MkdirAll(at, 0o755)
	} else if err = os.MkdirAll(filepath.Dir(at), 0o755); err == nil {
		var f *os.File
		if f, err = os.OpenFile(at, os.O_CREATE|os.O_RDONLY, 0o644); err == nil {
			err = f.Close()
		}
	}
	if err != nil {
		return err
	}
	return mount(path, at, "", unix.MS_BIND|more, "")
}

// readOnly makes the mount at a place, and those below, read-only.
func readOnly(at string) error {
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID}
	if err := unix.MountSetattr(unix.AT_FDCWD, at, unix.AT_RECURSIVE, &attr); err != nil {
		return fmt.Errorf("make %s read-only: %w", at, err)
	}
	return nil
}
