//go:build unix

package main

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup makes the command the leader of a new process group, so that what
// it starts can be ended with it.
func ownGroup(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
}

// killGroup ends the process and all of its group. That it is gone already is
// no error.
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// askForDump makes a Go program print its goroutines and end. In a sandbox it
// is the last of the processes that the sandbox consists of.
func askForDump(cmd *exec.Cmd, sandboxed bool) {
	if !sandboxed {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGQUIT)
		return
	}
	all := below(cmd.Process.Pid)
	_ = syscall.Kill(all[len(all)-1], syscall.SIGQUIT)
}

// signalOf names the signal that ended the process, or returns "".
func signalOf(state *os.ProcessState) string {
	status, ok := state.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return ""
	}
	return status.Signal().String()
}

// signalName names a signal by its number.
func signalName(n int) string { return syscall.Signal(n).String() }
