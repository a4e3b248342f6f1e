package main

import (
	"context"
	"slices"
	"sync"
	"time"
)

// watch tells who waits for a suite when workers elsewhere have recorded results
// of it.
func (g *Grading) watch(ctx context.Context) error {
	last := make(map[string]int)
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for {
		made, err := g.Store.Made(ctx, g.Batch)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		for suite, n := range made {
			if n != last[suite] {
				g.bells.ring(suite)
			}
		}
		last = made
		select {
		case <-look.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// bells tell those who wait for results of a suite that there are some.
type bells struct {
	mu      sync.Mutex
	waiting map[string][]chan struct{} // guarded by mu
}

// listen returns a bell for a suite, and how to leave it.
func (b *bells) listen(suite string) (rung <-chan struct{}, leave func()) {
	bell := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiting == nil {
		b.waiting = make(map[string][]chan struct{})
	}
	b.waiting[suite] = append(b.waiting[suite], bell)
	return bell, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.waiting[suite] = slices.DeleteFunc(b.waiting[suite], func(c chan struct{}) bool { return c == bell })
	}
}

func (b *bells) ring(suite string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, bell := range b.waiting[suite] {
		select {
		case bell <- struct{}{}:
		default: // it rings already
		}
	}
}
