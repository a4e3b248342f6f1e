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
	Had(runs int)                   // that many need not be made
	Failed(tests int)               // that many more
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
func (silent) Had(int)            {}
func (silent) Failed(int)         {}
func (silent) Say(string, ...any) {}
func (silent) End()               {}

// A bar redraws one line at the foot of a terminal.
type bar struct {
	out io.Writer

	mu sync.Mutex
	// mu guards:
	bar    *progressbar.ProgressBar
	failed int
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

// Had takes runs out of the bar: they tell nothing about the time that is left.
func (b *bar) Had(runs int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bar.ChangeMax(max(1, b.bar.GetMax()-runs))
}

func (b *bar) Failed(tests int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed += tests; b.failed > 0 {
		b.bar.Describe(fmt.Sprintf("runs, %d %s failed", b.failed, plural(b.failed, "test")))
	}
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
	all, done, failed int
	begin, next       time.Time
}

func (l *lines) Start(runs int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.all, l.done, l.failed, l.begin, l.next = runs, 0, 0, now, now.Add(10*time.Second)
}

func (l *lines) Done(runs int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done += runs
	if now := time.Now(); now.After(l.next) {
		l.next = now.Add(10 * time.Second)
		fmt.Fprintln(l.out, l.says(now))
	}
}

// says tells how far it is, and how long the rest takes at the speed so far.
// l.mu must be held.
func (l *lines) says(now time.Time) string {
	s := fmt.Sprintf("%d of %d runs", l.done, l.all)
	if l.failed > 0 {
		s += fmt.Sprintf(", %d %s failed", l.failed, plural(l.failed, "test"))
	}
	if left := l.all - l.done; l.done > 0 && left > 0 {
		s += ", about " + short(now.Sub(l.begin)/time.Duration(l.done)*time.Duration(left)) + " to go"
	}
	return s
}

func (l *lines) Had(runs int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all -= runs
}

func (l *lines) Failed(tests int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed += tests
}

func (l *lines) Say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.out, format+"\n", args...)
}

func (l *lines) End() {}
