package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// A Progress tells people how far a batch is. Its methods may be called from
// several goroutines at once.
type Progress interface {
	Start(runs int)
	Done(runs int)
	Say(format string, args ...any) // one line that stays
	End()
}

// newProgress returns a bar if out is a terminal, and plain lines elsewhere.
func newProgress(out *os.File) Progress {
	if term.IsTerminal(int(out.Fd())) {
		return &bar{out: out}
	}
	return &lines{out: out}
}

// silent is a Progress that says nothing.
type silent struct{}

func (silent) Start(int)          {}
func (silent) Done(int)           {}
func (silent) Say(string, ...any) {}
func (silent) End()               {}

// A bar redraws one line at the foot of a terminal.
type bar struct {
	out io.Writer

	mu sync.Mutex
	// mu guards:
	bar *progressbar.ProgressBar
}

func (b *bar) Start(runs int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bar = progressbar.NewOptions(runs,
		progressbar.OptionSetWriter(b.out),
		progressbar.OptionSetDescription("runs"),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionFullWidth(),
		progressbar.OptionClearOnFinish())
}

// Done and the others do not report a terminal that cannot be written to:
// there is nobody to tell.
func (b *bar) Done(runs int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.bar.Add(runs)
}

func (b *bar) Say(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.bar.Clear()
	fmt.Fprintf(b.out, format+"\n", args...)
}

func (b *bar) End() {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.bar.Finish()
}

// lines writes what is said, and every ten seconds how far it is.
type lines struct {
	out io.Writer

	mu sync.Mutex
	// mu guards:
	all, done int
	next      time.Time
}

func (l *lines) Start(runs int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all, l.done, l.next = runs, 0, time.Now().Add(10*time.Second)
}

func (l *lines) Done(runs int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done += runs
	if now := time.Now(); now.After(l.next) {
		l.next = now.Add(10 * time.Second)
		fmt.Fprintf(l.out, "%d of %d runs\n", l.done, l.all)
	}
}

func (l *lines) Say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.out, format+"\n", args...)
}

func (l *lines) End() {}
