package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"distlabs/grader/store"
)

// What a failing run left for people to look at goes into the store as blobs. In
// an outcome that is stored, and in a card made from one, a file's name is the
// blob's digest, a slash, and what the run called it.

// keepArtifacts puts what a run left into the store, and the names there into
// its outcome. Of what a run before it failed by, that one's are enough: the
// report shows the first.
func keepArtifacts(ctx context.Context, s *store.Store, o *Outcome, shownBefore bool) error {
	for i := range o.Failures {
		f := &o.Failures[i]
		trace, files := f.Trace, f.Files
		f.Trace, f.Files = "", nil
		if shownBefore && i == 0 {
			continue
		}
		var err error
		if f.Trace, err = keepArtifact(ctx, s, trace); err != nil {
			return err
		}
		for _, path := range files {
			name, err := keepArtifact(ctx, s, path)
			if err != nil {
				return err
			}
			if name != "" {
				f.Files = append(f.Files, name)
			}
		}
	}
	return nil
}

// keepArtifact puts a file into the store and returns its name there, or "" if
// it is not there, or nothing for people (see take).
func keepArtifact(ctx context.Context, s *store.Store, path string) (name string, err error) {
	base := filepath.Base(path)
	if path == "" || !leftName.MatchString(base) {
		return "", nil
	}
	info, err := os.Lstat(path)
	if missing(err) || err == nil && (!info.Mode().IsRegular() || info.Size() > maxTaken) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	digest, err := s.PutBlob(ctx, data)
	return digest + "/" + base, err
}

// fetchArtifacts writes what a card's evidence names in the store below dir, and
// the paths there into the card.
func fetchArtifacts(ctx context.Context, s *store.Store, c *Card, dir string) error {
	if c.Other != nil {
		if err := fetchArtifacts(ctx, s, c.Other, dir); err != nil {
			return err
		}
	}
	for i := range c.Parts {
		for j := range c.Parts[i].Tests {
			evidence := c.Parts[i].Tests[j].Evidence
			for k := range evidence {
				f := &evidence[k].Failure
				for _, name := range append([]*string{&f.Trace}, pointers(f.Files)...) {
					if err := fetchArtifact(ctx, s, name, dir); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

func pointers(texts []string) (all []*string) {
	for i := range texts {
		all = append(all, &texts[i])
	}
	return all
}

func fetchArtifact(ctx context.Context, s *store.Store, name *string, dir string) error {
	digest, base, ok := strings.Cut(*name, "/")
	if !ok || !leftName.MatchString(base) {
		return nil
	}
	data, err := s.Blob(ctx, digest)
	if err != nil {
		return err
	}
	*name = filepath.Join(dir, digest, base)
	if err := os.MkdirAll(filepath.Dir(*name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(*name, data, 0o644)
}
