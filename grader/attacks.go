package main

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// An Attack is a submission that wants what it may not have: a pass that it did
// not earn, a file or a service of the grader's machine, more than its share. It
// is a recipe in grader/testdata/attacks, with the lines stopped-by (ingest,
// vetting, run: whoever stops it alone), pack (folder, link, zip, zip-link: how
// it is handed in), text-only (it is no program), alone (it does not compile
// beside others).
//
// Its files are handed in with the stubs of the lab. So a run of it that passes
// has not been earned.
type Attack struct {
	*Recipe
	StoppedBy []string // as expected

	// What the selftest finds, layer by layer; "" if the layer lets it through.
	Ingest, Vetting, Run string

	Through string // if it was run and not stopped: what it came to

	sub *Submission
}

// The layers.
const (
	byIngest  = "ingest"
	byVetting = "vetting"
	byRun     = "run"
)

// attackedLab and attackedTest are what the catalogue is written for.
const (
	attackedLab  = "lab1-clocks"
	attackedTest = "TestVectorRules1D"
)

// attacks reads the catalogue.
func (c *Course) attacks() ([]*Attack, error) {
	paths, err := filepath.Glob(filepath.Join(c.path("grader/testdata/attacks"), "*.txtar"))
	if err != nil || len(paths) == 0 {
		return nil, errors.Join(err, errors.New("there are no attacks in grader/testdata/attacks"))
	}
	var all []*Attack
	for _, path := range paths {
		r, err := readRecipe(path, "stopped-by", "pack", "text-only", "alone")
		if err != nil {
			return nil, err
		}
		all = append(all, &Attack{Recipe: r, StoppedBy: strings.Fields(r.Head["stopped-by"])})
	}
	return all, nil
}

// stoppedBy returns the layers that stopped the attack.
func (a *Attack) stoppedBy() (layers []string) {
	for _, l := range []struct{ name, how string }{{byIngest, a.Ingest}, {byVetting, a.Vetting}, {byRun, a.Run}} {
		if l.how != "" {
			layers = append(layers, l.name)
		}
	}
	return layers
}

// blocked reports whether a grading stops it: the layers come one after the
// other, so one is enough.
func (a *Attack) blocked() bool { return a.Ingest != "" || a.Vetting != "" || a.Run != "" }

// runs reports whether there is anything of the attack to run.
func (a *Attack) runs() bool { return a.Ingest == "" && a.Head["text-only"] == "" }

// hand writes the attack's hand-in into dir.
func (a *Attack) hand(stubs map[string][]byte, dir string) (HandIn, error) {
	h := HandIn{Student: a.Name, Path: filepath.Join(dir, a.Name)}
	files := make(map[string][]byte)
	for name, text := range stubs {
		files[attackedLab+"/"+name] = text
	}
	for name, text := range a.Files {
		files[a.inHandIn(name)] = text
	}
	switch how := a.Head["pack"]; how {
	case "", "folder":
		return h, pack(files, h.Path, "")
	case "link":
		for name := range a.Files {
			delete(files, a.inHandIn(name))
		}
		err := pack(files, h.Path, "")
		for name, text := range a.Files {
			err = errors.Join(err, os.Symlink(strings.TrimSpace(string(text)), filepath.Join(h.Path, a.inHandIn(name))))
		}
		return h, err
	case "zip", "zip-link":
		h.Path += ".zip"
		return h, create(h.Path, func(w io.Writer) error { return a.zip(w, files, how == "zip-link") })
	default:
		return h, fmt.Errorf("%s: %q is no way to hand in", a.Name, how)
	}
}

// inHandIn returns where a file of the attack lies in the hand-in.
func (a *Attack) inHandIn(name string) string {
	if strings.Contains(name, "/") || name == "go.mod" {
		return name
	}
	return attackedLab + "/" + name
}

// zip writes an archive with names as they are, and the attack's own files as
// links if it says so.
func (a *Attack) zip(to io.Writer, files map[string][]byte, links bool) error {
	w := zip.NewWriter(to)
	var err error
	for name, text := range files {
		header := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if links && a.Files[strings.TrimPrefix(name, attackedLab+"/")] != nil {
			header.SetMode(fs.ModeSymlink | 0o777)
		}
		f, createErr := w.CreateHeader(header)
		if createErr != nil {
			return createErr
		}
		_, writeErr := f.Write(text)
		err = errors.Join(err, writeErr)
	}
	return errors.Join(err, w.Close())
}

// read ingests and vets the attack as a grading would.
func (a *Attack) read(c *Course, lab *Lab, h HandIn) error {
	sub, err := c.ingest(h, lab)
	var trouble *Trouble
	if errors.As(err, &trouble) {
		a.Ingest = trouble.Text
		return nil
	}
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(slices.Collect(maps.Values(sub.Paths)), a.mine) {
		a.Ingest = "left out"
		for _, l := range sub.LeftOut {
			if a.mine(l.Path) {
				a.Ingest = "left out: " + l.Why
			}
		}
		return nil
	}
	a.sub = sub
	_, err = c.vet(sub, lab)
	if errors.As(err, &trouble) {
		a.Vetting = trouble.Lines[0]
		return nil
	}
	return err
}

// mine reports whether a path in the hand-in is one of the attack's own files.
func (a *Attack) mine(path string) bool {
	for name := range a.Files {
		if strings.HasSuffix(path, a.inHandIn(name)) {
			return true
		}
	}
	return false
}
