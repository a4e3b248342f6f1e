package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"sync"
	"time"

	"distlabs/labrpc/attest"
)

// A Process is one finished process: what it printed and how it ended.
type Process struct {
	Stdout, Stderr string
	Exit           int    // the exit status; -1 if a signal ended it
	Signal         string // which, if one did
	Killed         Cause  // why the grader killed it: timeout, memory, disk, or empty
	Real           time.Duration

	Statement *attest.Statement // nil if none was asked for
	Forged    string            // why the statement is not to be believed, or empty
}

// grace is what a process gets between the request for a dump of its
// goroutines and the kill.
const grace = 2 * time.Second

// start runs a command in a process group of its own to its end or to its
// limits, and leaves nothing of the group alive. An error means that the
// process could not be started or that ctx is done.
func start(ctx context.Context, cmd *exec.Cmd, limits Limits) (*Process, error) {
	return startIn(ctx, nil, cmd, Box{}, limits, "")
}

// startIn is start in a box of a sandbox, unless that is nil. What lies in dir,
// if that is not "", is the process's, and is watched.
func startIn(ctx context.Context, s Sandbox, cmd *exec.Cmd, box Box, limits Limits, dir string) (*Process, error) {
	if s != nil {
		if err := keepDescriptors(); err != nil {
			return nil, fmt.Errorf("sandbox: %w", err)
		}
		done, err := s.Confine(cmd, box)
		if err != nil {
			return nil, fmt.Errorf("sandbox: %w", err)
		}
		defer done()
	}
	stdout, stderr := &capped{limit: limits.Output}, &capped{limit: limits.Output}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.WaitDelay = grace // a grandchild may hold the pipes open
	ownGroup(cmd)
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()

	p := &Process{}
	timeout := time.NewTimer(limits.Real)
	defer timeout.Stop()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	waiting := true
	for waiting {
		select {
		case <-ended:
			waiting = false
		case <-ctx.Done():
			killGroup(cmd)
			<-ended
			return nil, context.Cause(ctx)
		case <-timeout.C:
			if p.Killed != "" {
				killGroup(cmd)
				continue
			}
			p.Killed = CauseTimeout
			askForDump(cmd, s != nil)
			timeout.Reset(grace)
		case <-look.C:
			if p.Killed != "" {
				continue
			}
			switch {
			case limits.Memory > 0 && residentBelow(cmd.Process.Pid) > limits.Memory:
				p.Killed = CauseMemory
			case dir != "" && !fits(dir, runDisk):
				p.Killed = CauseDisk
			}
			if p.Killed != "" {
				killGroup(cmd)
			}
		}
	}
	killGroup(cmd) // what the process left behind
	p.Real = time.Since(begin)
	p.Exit = cmd.ProcessState.ExitCode()
	p.Signal = signalOf(cmd.ProcessState)
	if s != nil && p.Exit > 128 {
		p.Signal = signalName(p.Exit - 128) // as a sandbox passes it on
	}
	p.Stdout, p.Stderr = stdout.String(), stderr.String()
	return p, nil
}

// A capped writer keeps the first half and the last half of its limit, and
// never refuses a write: a process that prints without end is ended by its
// time, not by a full pipe.
type capped struct {
	limit int64 // immutable

	mu sync.Mutex
	// mu guards:
	head, tail bytes.Buffer
	dropped    int64
}

func (c *capped) Write(data []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(data)
	half := int(c.limit / 2)
	if room := half - c.head.Len(); room > 0 {
		take := min(room, len(data))
		c.head.Write(data[:take])
		data = data[take:]
	}
	c.tail.Write(data)
	if over := c.tail.Len() - half; over > 0 {
		c.tail.Next(over)
		c.dropped += int64(over)
	}
	return n, nil
}

// String returns what was kept, and says how much was not.
func (c *capped) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dropped == 0 {
		return c.head.String() + c.tail.String()
	}
	return fmt.Sprintf("%s\n[%d bytes left out]\n%s", c.head.String(), c.dropped, c.tail.String())
}
