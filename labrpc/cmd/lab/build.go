package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// A binary is the test binary of a lab.
type binary struct {
	path  string
	dir   string // of the package: where its tests expect to run
	race  bool
	tests []string // in the order of the files
}

// noRace is what go says where the race detector cannot be built in.
var noRace = regexp.MustCompile(`-race requires cgo|-race is not supported|C compiler|cgo: exec|executable file not found|build constraints exclude all Go files in .*runtime/(race|cgo)`)

// build compiles the lab's tests once. Compile errors are written to the
// session in the lab's own paths and come back as errCompile.
func build(ctx context.Context, s session, l lab, o options, raceByDefault bool) (*binary, error) {
	dir := l.dir
	if o.pkg != "" {
		dir = s.path(o.pkg)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("there is no folder %s to test", dir)
	}
	b := &binary{dir: dir, race: raceByDefault}
	if o.race.said {
		b.race = o.race.yes
	}
	out, err := b.compile(ctx, l, o)
	if err != nil && b.race && noRace.MatchString(out) {
		if o.race.said {
			return nil, errors.New("this machine cannot look for data races: -race needs cgo and a C compiler (install gcc, or leave -race out)")
		}
		s.printf("This machine cannot look for data races (that needs cgo and a C compiler, gcc): the tests run without.\n")
		b.race = false
		out, err = b.compile(ctx, l, o)
	}
	if ctx.Err() != nil {
		return nil, errors.New("interrupted")
	}
	if err != nil {
		return nil, fmt.Errorf("%s does not compile:\n%s", l.rel(dir), out)
	}
	if !exists(b.path) {
		return nil, fmt.Errorf("%s has no tests", l.rel(dir)) // go is content with that
	}
	return b, b.list(ctx)
}

// compile runs go test -c and returns what it said.
func (b *binary) compile(ctx context.Context, l lab, o options) (string, error) {
	name := strings.NewReplacer("/", "-", "..", "").Replace(l.rel(b.dir))
	args := []string{"test", "-c"}
	if b.race {
		args, name = append(args, "-race"), name+"-race"
	}
	if o.overlay != "" {
		args, name = append(args, "-overlay", o.overlay), name+"-overlay"
	}
	name += ".test"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	b.path = filepath.Join(l.root, "out", "bin", name)
	if err := os.Remove(b.path); err != nil && !os.IsNotExist(err) {
		return err.Error(), err
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "-o", b.path, "./"+l.rel(b.dir))...)
	cmd.Dir = l.root
	out, err := cmd.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return "the go command is not in the PATH; install Go from go.dev/dl", err
	}
	return cleanBuildOutput(string(out), l, o.overlay), err
}

// cleanBuildOutput leaves out go's headings, and names the files that the
// overlay replaces instead of those that it put there.
func cleanBuildOutput(out string, l lab, overlay string) string {
	var file struct{ Replace map[string]string }
	if text, err := os.ReadFile(overlay); overlay != "" && err == nil {
		_ = json.Unmarshal(text, &file) // go build itself has complained
	}
	for to, from := range file.Replace {
		if from == "" {
			continue
		}
		for _, p := range []string{from, l.rel(from), filepath.ToSlash(from)} {
			out = strings.ReplaceAll(out, p+":", l.rel(to)+":")
		}
	}
	var lines []string
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		if strings.HasPrefix(line, "# ") {
			continue
		}
		lines = append(lines, strings.TrimPrefix(line, "./"))
	}
	return strings.Join(lines, "\n")
}

// list asks the binary for its tests.
func (b *binary) list(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, b.path, "-test.list", "^Test")
	cmd.Dir = b.dir
	out, err := cmd.Output()
	if err != nil {
		text := string(out)
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			text += string(exit.Stderr)
		}
		return fmt.Errorf("the tests do not start: %w\n%s", err, bytes.TrimSpace([]byte(text)))
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "Test") {
			b.tests = append(b.tests, strings.TrimSpace(line))
		}
	}
	return nil
}
