package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"distlabs/grader/store"
)

// A cache keeps the binaries that were used last.
type cache struct {
	dir string

	mu sync.Mutex
	// mu guards, and is held while a binary is fetched:
	digests []string // the last used last
}

// cached is how many binaries are kept.
const cached = 16

// link makes path another name of the binary of that digest, which it fetches
// and checks unless it has it.
func (c *cache) link(ctx context.Context, s *store.Store, digest, path string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := filepath.Join(c.dir, digest)
	if !slices.Contains(c.digests, digest) {
		data, err := s.Blob(ctx, digest)
		if err != nil {
			return fmt.Errorf("the binary: %w", err)
		}
		if err := os.WriteFile(at, data, 0o755); err != nil {
			return err
		}
	}
	return errors.Join(c.used(digest), os.Link(at, path))
}

// adopt takes over a binary that was built here.
func (c *cache) adopt(digest, path string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.Contains(c.digests, digest) {
		return nil
	}
	return errors.Join(os.Rename(path, filepath.Join(c.dir, digest)), c.used(digest))
}

// used puts a binary last, and forgets the first if there are too many. c.mu
// must be held.
func (c *cache) used(digest string) error {
	c.digests = append(slices.DeleteFunc(c.digests, func(d string) bool { return d == digest }), digest)
	if len(c.digests) <= cached {
		return nil
	}
	oldest := c.digests[0]
	c.digests = c.digests[1:]
	return os.Remove(filepath.Join(c.dir, oldest))
}
