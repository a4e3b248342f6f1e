package linear_test

import (
	"flag"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/linear"
)

var small = flag.Int("linear.small", 20_000, "how many small histories are compared with all orders")

// A happening is a call of a small history, at instants that no two share.
type happening struct {
	client    int
	in        command
	out       result
	call, ret time.Duration // ret is never if it does not return
}

const never = math.MaxInt64

// random returns a small history: of a store that keeps the rules, of which
// something is then changed, or not.
func random(r *rand.Rand) []happening {
	var hs []happening
	state, at := held{}, time.Duration(0)
	open := make(map[int]int) // by client: the index of its call
	happened := make(map[int]bool)
	clients := 1 + r.IntN(4)
	for calls := 1 + r.IntN(7); calls > 0 || len(open) > 0; {
		at += time.Millisecond
		client := r.IntN(clients)
		i, busy := open[client]
		switch {
		case !busy && calls > 0:
			calls--
			open[client] = len(hs)
			ops := []command{getX(), getX(), putX(string(rune('a' + calls))), appendX(string(rune('a' + calls))), swapX(int64(r.IntN(3)), "s"), deleteX()}
			hs = append(hs, happening{client: client, in: ops[r.IntN(len(ops))], call: at, ret: never})
		case busy && !happened[i]:
			state, hs[i].out = kv.Step(state, hs[i].in)
			happened[i] = true
		case busy && r.IntN(8) == 0:
			delete(open, client) // nobody hears of that call again
		case busy:
			hs[i].ret = at
			delete(open, client)
		}
	}
	for range r.IntN(3) {
		h := &hs[r.IntN(len(hs))]
		switch r.IntN(3) {
		case 0:
			h.out.version = int64(r.IntN(4))
		case 1:
			h.out = hs[r.IntN(len(hs))].out
		case 2:
			h.out.ok = !h.out.ok
		}
	}
	return hs
}

// orders tries all orders, of what is known at an instant, and calls found with
// the answers of each that fits. The answer to any may be anything; -1 is none.
func orders(hs []happening, by time.Duration, any int, found func(answers []result)) {
	answers := make([]result, len(hs))
	var place func(state held, done uint)
	place = func(state held, done uint) {
		left := false
		for i, h := range hs {
			left = left || done&(1<<i) == 0 && h.ret <= by
		}
		if !left {
			found(answers)
			return
		}
	next:
		for i, h := range hs {
			if done&(1<<i) != 0 || h.call > by {
				continue
			}
			for j, g := range hs {
				if done&(1<<j) == 0 && g.ret < h.call {
					continue next // it has to come first
				}
			}
			then, out := kv.Step(state, h.in)
			if h.ret > by || out == h.out || i == any {
				answers[i] = out
				place(then, done|1<<i)
			}
		}
	}
	place(held{}, 0)
}

// fits says whether there is an order.
func fits(hs []happening, by time.Duration) (ok bool) {
	orders(hs, by, -1, func([]result) { ok = true })
	return ok
}

// firstWrong returns the call whose return fits no order and is the first, or
// -1.
func firstWrong(hs []happening) int {
	first := -1
	for i, h := range hs {
		if h.ret != never && (first < 0 || h.ret < hs[first].ret) && !fits(hs, h.ret) {
			first = i
		}
	}
	return first
}

// right returns the answers that would have made the wrong one fit.
func right(hs []happening, wrong int) map[string]bool {
	texts := make(map[string]bool)
	orders(hs, hs[wrong].ret, wrong, func(answers []result) {
		texts[kv.Output(hs[wrong].in, answers[wrong])] = true
	})
	return texts
}

// missed returns the return after which the wrong one began and must not have,
// or never.
func missed(hs []happening, wrong int) time.Duration {
	late := time.Duration(never)
	for _, h := range hs {
		if h.ret > hs[wrong].call || late != never && h.ret < late {
			continue
		}
		earlier := slices.Clone(hs)
		earlier[wrong].call = h.ret - time.Microsecond
		if fits(earlier, hs[wrong].ret) {
			late = h.ret
		}
	}
	return late
}

// record plays a small history.
func record(hs []happening) *scene {
	s := newScene()
	ops := make([]linear.Op[held, command, result], len(hs))
	last := time.Duration(0)
	for _, h := range hs {
		last = max(last, h.call)
		if h.ret != never {
			last = max(last, h.ret)
		}
	}
	for s.at = 0; s.at <= last; s.at += time.Millisecond {
		for i, h := range hs {
			switch s.at {
			case h.call:
				ops[i] = s.Client(h.client).Begin(h.in.key, h.in)
			case h.ret:
				ops[i].End(h.out)
			}
		}
	}
	return s
}

var wording = regexp.MustCompile(`(?:had returned at ([0-9.]+s), and is answered as if it came before that|fits no order of the calls)(?:: it must be (.*))?$`)

// What is found of small histories is what trying all orders finds: the same
// return, the same answers instead, the same call that was not known of.
func TestAsAllOrders(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	legal, illegal, open := 0, 0, 0
	for n := range *small {
		hs := random(r)
		wrong, report := firstWrong(hs), record(hs).Check()
		for _, h := range hs {
			if h.ret == never {
				open++
				break
			}
		}
		if wrong < 0 {
			legal++
			require.Equal(t, linear.Legal, report.Verdict, "history %d: %+v", n, hs)
			continue
		}
		illegal++
		require.Equal(t, linear.Illegal, report.Verdict, "history %d: %+v", n, hs)
		require.Equal(t, hs[wrong].ret, report.Breach.At, "history %d: %+v", n, hs)
		said := wording.FindStringSubmatch(report.Breach.Text)
		require.NotNil(t, said, report.Breach.Text)
		late := ""
		if at := missed(hs, wrong); at != never {
			late = fmt.Sprintf("%.3fs", at.Seconds())
		}
		require.Equal(t, late, said[1], "history %d: %s: %+v", n, report.Breach.Text, hs)
		must, told := right(hs, wrong), make(map[string]bool)
		for text := range strings.SplitSeq(said[2], " or ") {
			told[text] = true
		}
		if told["another"] {
			require.Greater(t, len(must), 3)
			delete(told, "another")
			maps.DeleteFunc(must, func(text string, _ bool) bool { return !told[text] })
		}
		require.Equal(t, must, told, "history %d: %s: %+v", n, report.Breach.Text, hs)
	}
	t.Logf("%d legal, %d illegal, %d with open calls", legal, illegal, open)
	require.Greater(t, min(legal, illegal, open), *small/10)
}
