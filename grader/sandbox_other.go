//go:build !linux

package main

import (
	"errors"
	"os"
	"os/exec"
)

// Elsewhere than on Linux there is no sandbox: only who says -unsafe grades.

func newNamespaces() (Sandbox, error) { return nil, errors.New("it is of Linux") }

func asUser(*exec.Cmd, int) {}

func keepDescriptors() error { return nil }

func inherit(*os.File) error { return nil }

func becomeInside() {}
