// Figures draws the space-time diagrams of the handouts from traces of runs.
//
//	go run ./handouts/figures
//
// It reads each trace NAME.jsonl beside this file and writes NAME.svg. Time
// runs to the right, to scale. A log line of lab 1's processes ("tick (1,0)",
// "send m1 (2,0)", "receive m1 (2,1)") becomes a dot with its stamp; in a
// trace without them, each message becomes an arrow with its times.
//
// A trace comes from a test of the reference:
//
//	go run ./grader overlay --lab lab1-clocks   # prints the path of FILE
//	go test -overlay FILE ./grader/hidden/lab1-clocks -run '^TestVectorRules1D$' -sim.trace=/tmp/trace.jsonl
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"distlabs/labrpc/trace"
)

func main() {
	if err := run("handouts/figures"); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

// run draws every trace of a folder.
func run(dir string) error {
	traces, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		return err
	}
	if len(traces) == 0 {
		return fmt.Errorf("there is no trace in %s: run it from the top of the repository", dir)
	}
	for _, file := range traces {
		svg, err := drawFile(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(svgOf(file), []byte(svg), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func svgOf(file string) string { return strings.TrimSuffix(file, ".jsonl") + ".svg" }

func drawFile(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	t, err := trace.Read(f)
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return draw(t), nil
}
