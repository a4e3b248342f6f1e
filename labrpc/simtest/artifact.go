package simtest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// MaxArtifact bounds a file of [World.Artifact], in bytes.
const MaxArtifact = 8 << 20

// An artifact is a file that a test leaves of a run that failed.
type artifact struct {
	name  string
	write func(io.Writer) error
}

var errTooLarge = fmt.Errorf("it is larger than %d MB", MaxArtifact>>20)

// keep writes an artifact and names it in the result's failure. One that cannot
// be written is a note: the failure stands without it.
func (f *files) keep(a artifact, r *Result) error {
	fail := r.Failure
	if slices.Contains(fail.Files, a.name) {
		return nil
	}
	if a.name != filepath.Base(a.name) {
		return fmt.Errorf("%s is no name of a file beside the trace", a.name)
	}
	err := f.create(a.name, func(w *os.File) error { return a.write(&bounded{w: w, left: MaxArtifact}) })
	if err != nil {
		r.Notes = append(r.Notes, Note{"Artifact", fmt.Sprintf("%s is not kept: %v", a.name, err)})
		return ignoreMissing(os.Remove(filepath.Join(f.t.ArtifactDir(), a.name)))
	}
	fail.Files = append(fail.Files, a.name)
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// bounded passes on so many bytes, and then fails.
type bounded struct {
	w    io.Writer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errTooLarge
	}
	return b.w.Write(p)
}
