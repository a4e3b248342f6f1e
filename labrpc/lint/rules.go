package lint

import (
	"cmp"
	"fmt"
	"go/token"
)

// A rule has a name, the sentences that say why it is there and what to do
// instead, where the handouts tell more (under "Hints" if it does not say),
// and whether it may be wrong. The sentence that says what was found comes
// from the place that found it.
type rule struct {
	name    string
	why     string
	heading string
	warning bool
}

var (
	ruleState = rule{name: "PackageState", why: "All nodes of a run live in one process and would share it, as real machines cannot, and it would outlive a crash. " +
		"Keep it in the struct of your node."}
	ruleChannel = rule{name: "PackageChannel", why: "A channel made outside the test stops virtual time, and all nodes would share it. " +
		"Make it in the constructor of your node and keep it in the struct."}
	ruleLock = rule{name: "PackageLock", why: "All nodes would share it, and virtual time stops while a goroutine waits on what was made outside the test. " +
		"Keep it in the struct of your node, beside what it guards."}
	ruleTimer = rule{name: "PackageTimer", why: "What is made outside the test runs on the wall clock, not in virtual time. " +
		"Make it in the goroutine that waits for it."}
	ruleInit = rule{name: "InitGoroutine", why: "It runs outside the test and its virtual time, and serves all nodes at once. " +
		"Start goroutines where your node starts."}
	ruleRandom = rule{name: "GlobalRandom", why: "The seed of the run does not decide what it draws, so a failure could not be replayed. " +
		"Draw from env.Rand()."}
	ruleNetwork = rule{name: "RealNetwork", why: "A goroutine that waits for a real socket stops virtual time, and the test's network cannot see the message. " +
		"Send with Call on one of env.Peers()."}
	ruleImport = rule{name: "ForbiddenImport", why: "Nodes of a lab meet only through messages, and the tests must see all that they do. " +
		"Do without it."}
	ruleDirect = rule{name: "Directive", why: "It changes what the compiler, the race detector or the reports make of your code. Remove the line."}
	ruleClock  = rule{name: "PerfectTime", why: "In virtual time it tells perfect time to every node, and in this lab each machine has only its own drifting clock. " +
		"Use env.Clock(): Now to read it, Sleep to wait by it."}
	ruleWait = rule{name: "LockHeldWhileWaiting", heading: "Locks and calls", warning: true, why: "Whoever wants the lock meanwhile stops virtual time, and two nodes that call each other wait for ever. " +
		"Copy what you need, unlock, then wait; lock again and look whether things have changed."}
	ruleSpin = rule{name: "BusyLoop", heading: "Locks and calls", warning: true, why: "Virtual time passes only while all goroutines wait, so it stops here. " +
		"Sleep in the loop, or wait on a channel or a sync.Cond."}
	ruleSyntax = rule{name: "Syntax", warning: true, why: "The lint read the file only as far as it parses. Make it compile first."}
)

// add records a finding of a rule at a place; the format is a sentence
// without its full stop that says what is there.
func (k *checker) add(r rule, at token.Pos, format string, args ...any) {
	p := k.fset.PositionFor(at, false) // not where a //line directive says
	why := r.why
	if r.name != ruleSyntax.name {
		why += fmt.Sprintf(" (handout %q)", cmp.Or(r.heading, "Hints"))
	}
	k.found = append(k.found, Finding{
		File: p.Filename, Line: p.Line, Col: max(p.Column, 1), Rule: r.name,
		Text: fmt.Sprintf(format, args...) + ". " + why, Warning: r.warning,
	})
}
