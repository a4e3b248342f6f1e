package release

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Tidy makes go.mod and go.sum for what the release contains: what the
// course's require and nothing here needs goes. Versions stay as they are, so
// that the result depends on the course alone. It needs what "go mod tidy"
// does: the modules in the cache, or a proxy.
func (r *Release) Tidy(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "release-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	at := filepath.Join(dir, "release")
	if err := r.Files.WriteFolder(at); err != nil {
		return err
	}
	if _, err := goCommand(ctx, at, "mod", "tidy"); err != nil {
		return err
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if r.Files[name], err = os.ReadFile(filepath.Join(at, name)); err != nil {
			return err
		}
	}
	return nil
}

// goCommand runs the go command in a folder, as if nothing were set around it,
// and returns what it printed.
func goCommand(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false", "GOTOOLCHAIN=local")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("go %s in the release: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}
