package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// below returns a process and its descendants, parents first, where the system
// has a /proc; elsewhere the process alone.
func below(pid int) []int {
	all := []int{pid}
	for i := 0; i < len(all); i++ {
		lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", all[i])) // the pattern is well formed
		for _, list := range lists {
			text, err := os.ReadFile(list)
			if err != nil {
				continue // it has ended
			}
			for _, child := range strings.Fields(string(text)) {
				if n, err := strconv.Atoi(child); err == nil {
					all = append(all, n)
				}
			}
		}
	}
	return all
}

// residentBelow returns the bytes of memory that a process and its descendants
// hold; what two of them share counts twice.
func residentBelow(pid int) int64 {
	var sum int64
	for _, p := range below(pid) {
		sum += resident(p)
	}
	return sum
}

// resident returns the bytes of memory that a process holds, and 0 where the
// system has no /proc.
func resident(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// fits reports whether the files below dir take no more than so many bytes,
// nor more than some thousands of names.
func fits(dir string, bytes int64) bool {
	const names = 10_000
	count := 0
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil // it is gone
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			bytes -= info.Size()
		}
		if count++; count > names || bytes < 0 {
			return fs.SkipAll
		}
		return nil
	})
	return err == nil && count <= names && bytes >= 0
}

// sweep removes from what a process left all that is neither a file nor a
// folder: a link could lead who reads it elsewhere.
func sweep(dir string) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !e.Type().IsRegular() {
			return os.Remove(path)
		}
		return err
	})
}
