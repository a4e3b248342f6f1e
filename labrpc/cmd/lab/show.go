package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// show is "lab show": the trace of a run that was kept.
func show(ctx context.Context, s session, args []string) error {
	fs := newFlags("show")
	picture := fs.Bool("html", false, "say where the picture of the trace is, and draw it if need be")
	open := fs.Bool("open", false, "open the picture in the browser")
	node := fs.String("node", "", "only what concerns these `nodes`: 0,2 or their names")
	window := fs.Int("window", 40, "how many events around the failure")
	all := fs.Bool("all", false, "all events")
	names, err := parse(s, fs, args, 1, 2, "what: lab show lab1-clocks TestConcurrentEvents1D, or the folder or file of a run")
	if err != nil {
		return err
	}
	path, err := findTrace(s, names)
	if err != nil {
		return err
	}
	if *picture || *open {
		page, err := pageOf(path)
		if err != nil {
			return err
		}
		s.printf("%s\n", page)
		if *open {
			return openPage(ctx, page)
		}
		return nil
	}
	t, err := readTrace(path)
	if err != nil {
		return err
	}
	opt := trace.TextOptions{Window: *window, Colour: s.terminal && os.Getenv("NO_COLOR") == ""}
	if !*all {
		opt.Around = lastOf(t)
	}
	if opt.Nodes, err = nodesOf(t, *node); err != nil {
		return err
	}
	return trace.WriteText(s.out, t, opt)
}

// readTrace reads a trace as far as it is whole: the process that wrote it may
// have died.
func readTrace(path string) (trace.Trace, error) {
	f, err := os.Open(path)
	if err != nil {
		return trace.Trace{}, err
	}
	defer f.Close()
	t, err := trace.Read(f)
	if err != nil && len(t.Events) == 0 {
		return t, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// lastOf is the event to look at: the violation, or else the last one.
func lastOf(t trace.Trace) int64 {
	last := int64(0)
	for _, e := range t.Events {
		last = e.ID
		if e.Kind == trace.Violation {
			break
		}
	}
	return last
}

// nodesOf reads a list of nodes, by number or name.
func nodesOf(t trace.Trace, list string) (nodes []int, err error) {
	if list == "" {
		return nil, nil
	}
	for _, word := range strings.Split(list, ",") {
		n, err := strconv.Atoi(word)
		if err != nil {
			n = slices.Index(t.Header.Nodes, word)
		}
		if n < 0 || n >= len(t.Header.Nodes) {
			return nil, fmt.Errorf("the run has no node %s; there are: %s", word, strings.Join(t.Header.Nodes, ", "))
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// findTrace finds the trace that the words of the command line mean: a file, a
// folder below which there is one, or a lab and perhaps a test, whose newest
// trace below out/ is meant.
func findTrace(s session, names []string) (string, error) {
	path := s.path(names[0])
	if info, err := os.Stat(path); len(names) == 1 && err == nil && !labFolder.MatchString(filepath.Base(path)) {
		if !info.IsDir() {
			if filepath.Ext(path) == ".html" {
				path = filepath.Join(filepath.Dir(path), simtest.TraceFile)
			}
			return path, nil
		}
		found, err := newest(path)
		if err == nil && found == "" {
			err = fmt.Errorf("there is no %s in or below %s", simtest.TraceFile, path)
		}
		return found, err
	}
	l, err := findLab(s, names[0])
	if err != nil {
		return "", err
	}
	var folders []string
	for _, command := range []string{"test", "stress", "replay"} {
		folders = append(folders, filepath.Join(append([]string{l.root, "out", command, l.name}, names[1:]...)...))
	}
	found, err := newest(folders...)
	if err == nil && found == "" {
		err = fmt.Errorf("no failed run of %s was kept; run: go run ./labrpc/cmd/lab test %s",
			strings.Join(append([]string{l.name}, names[1:]...), " "), l.name)
	}
	return found, err
}

// newest returns the newest trace in or below some folders, "" for none.
func newest(dirs ...string) (found string, err error) {
	var at time.Time
	for _, dir := range dirs {
		err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || d.Name() != simtest.TraceFile {
				return err
			}
			info, err := d.Info()
			if err == nil && (found == "" || info.ModTime().After(at)) {
				found, at = path, info.ModTime()
			}
			return err
		})
		if err != nil {
			return "", fmt.Errorf("look for traces: %w", err)
		}
	}
	return found, nil
}

// pageOf returns the picture beside a trace, and draws it if there is none.
func pageOf(path string) (string, error) {
	page := strings.TrimSuffix(path, filepath.Ext(path)) + ".html"
	if exists(page) {
		return page, nil
	}
	t, err := readTrace(path)
	if err != nil {
		return "", err
	}
	f, err := os.Create(page)
	if err != nil {
		return "", err
	}
	return page, errors.Join(trace.WriteHTML(f, t, trace.HTMLOptions{}), f.Close())
}

// openPage asks the desktop to show a file.
func openPage(ctx context.Context, path string) error {
	words := []string{"xdg-open", path}
	switch runtime.GOOS {
	case "darwin":
		words = []string{"open", path}
	case "windows":
		words = []string{"rundll32", "url.dll,FileProtocolHandler", path}
	}
	if err := exec.CommandContext(ctx, words[0], words[1:]...).Run(); err != nil {
		return fmt.Errorf("no browser could be opened (%w); open the file yourself", err)
	}
	return nil
}
