package labrpc_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc"
)

type shop struct{}

func (*shop) Sell(args *Slip, reply *Slip) {}

func (*shop) Open() error { return nil }

func (*shop) Break(args *Slip, reply *Slip) {
	var m map[int]int
	m[args.N] = 1
}

// A mistake is one sentence that names the thing, told once, and the network
// goes on.
func TestMisuseIsASentence(t *testing.T) {
	for _, c := range []struct {
		name, method string
		args         any
		rule, text   string
	}{
		{"no dot", "Sell", &Slip{}, "UnknownService", `Call wants a method as "Service.Method", got "Sell"`},
		{"no service", "store.Sell", &Slip{}, "UnknownService", "there is no service store (called as store.Sell); this machine serves: shop"},
		{"no method", "shop.Buy", &Slip{}, "UnknownService", "service shop has no method Buy; it has: Break, Sell"},
		{"wrong form", "shop.Open", &Slip{}, "WrongSignature", "shop.Open cannot be called from another machine: it is a func() error and must be a func(args *A, reply *R) without a result"},
		{"panic", "shop.Break", &Slip{1}, "HandlerPanic", "shop.Break panicked: assignment to entry in nil map"},
		{"channel", "shop.Sell", struct{ C chan int }{}, "Unsendable", "the arguments of shop.Sell cannot be sent: "},
		{"other type", "shop.Sell", struct{ N string }{"x"}, "Unreadable", "the arguments of shop.Sell do not fit its handler: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []labrpc.Problem
			synctest.Test(t, func(t *testing.T) {
				n := labrpc.New(labrpc.Config{Nodes: []string{"a", "b"}, OnProblem: func(p labrpc.Problem) { got = append(got, p) }})
				defer n.Cleanup()
				n.Start(1, func(env *labrpc.Env) { env.Serve(&shop{}) })
				end := n.Ends(0)[1]
				require.False(t, end.Call(c.method, c.args, &Slip{}))
				require.True(t, end.Call("shop.Sell", &Slip{}, &Slip{}), "the network goes on")
			})
			require.Len(t, got, 1)
			require.Equal(t, c.rule, got[0].Rule)
			require.True(t, strings.HasPrefix(got[0].Text, c.text), got[0].Text)
			if c.rule == "HandlerPanic" {
				require.Contains(t, got[0].Detail[0], "(*shop).Break")
				require.Contains(t, got[0].Detail[0], "misuse_test.go:")
				require.Len(t, got[0].Detail, 1)
			}
		})
	}
}

// A reply that does not fit is the caller's mistake.
func TestReplyThatDoesNotFit(t *testing.T) {
	var got []labrpc.Problem
	synctest.Test(t, func(t *testing.T) {
		n := labrpc.New(labrpc.Config{Nodes: []string{"a"}, OnProblem: func(p labrpc.Problem) { got = append(got, p) }})
		defer n.Cleanup()
		n.Start(0, func(env *labrpc.Env) { env.Serve(byValue{}) })
		var reply string
		require.False(t, n.Ends(0)[0].Call("byValue.Double", 1, &reply))
	})
	require.Len(t, got, 1)
	require.Equal(t, "Unreadable", got[0].Rule)
}

type booth struct{}

func (booth) Sell(args *Slip, reply *Slip) {}

func (booth) Ignores(method string) bool { return method == "Buy" }

// A service may leave unanswered what it does not have.
func TestIgnoredMethodIsNoMistake(t *testing.T) {
	var got []string
	synctest.Test(t, func(t *testing.T) {
		n := labrpc.New(labrpc.Config{Nodes: []string{"a", "b"}, OnProblem: func(p labrpc.Problem) { got = append(got, p.Text) }})
		defer n.Cleanup()
		n.Start(1, func(env *labrpc.Env) { env.Serve(booth{}) })
		end := n.Ends(0)[1]
		require.False(t, end.Call("booth.Buy", &Slip{}, &Slip{}))
		require.False(t, end.Call("booth.Rent", &Slip{}, &Slip{}))
		require.True(t, end.Call("booth.Sell", &Slip{}, &Slip{}))
	})
	require.Len(t, got, 1)
	require.Contains(t, got[0], "service booth has no method Rent")
}
