package main

import (
	"strings"
	"sync"
	"time"
)

// A progress shows how far many runs are: a bar in one line of a terminal,
// else a line for each tenth.
type progress struct {
	s     session
	total int
	began time.Time

	mu sync.Mutex
	// mu guards:
	done, failed int
	drawn        time.Time
}

func newProgress(s session, total int) *progress {
	return &progress{s: s, total: total, began: time.Now()}
}

// step counts one run.
func (p *progress) step(failed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if failed {
		p.failed++
	}
	if p.s.terminal {
		if time.Since(p.drawn) > 50*time.Millisecond || p.done == p.total {
			p.drawn = time.Now()
			p.draw()
		}
		return
	}
	if p.done*10/p.total > (p.done-1)*10/p.total {
		p.s.printf("%d of %d runs, %d failed\n", p.done, p.total, p.failed)
	}
}

// draw draws the bar. p.mu must be held.
func (p *progress) draw() {
	full := barLength * p.done / p.total
	left := time.Since(p.began) * time.Duration(p.total-p.done) / time.Duration(max(p.done, 1))
	p.s.printf("\r[%s%s] %d of %d runs, %d failed, %v left \x1b[K",
		strings.Repeat("=", full), strings.Repeat(" ", barLength-full), p.done, p.total, p.failed, left.Round(time.Second))
}

// end clears the bar.
func (p *progress) end() {
	if p.s.terminal {
		p.s.printf("\r\x1b[K")
	}
}
