package real_test

import (
	"io"
	"testing"
	"time"

	"distlabs/lab1-real"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
)

// world runs do on node 0 of two, once both are up and have spoken.
func world(t *testing.T, do func(w *simtest.World, n *real.Node)) {
	o := simtest.Options{Lab: "lab1-real", Nodes: 2, Link: labrpc.Link{Delay: labrpc.Fixed(time.Millisecond)}}
	simtest.Run(t, o, func(w *simtest.World) {
		w.Net().Start(1, func(env *labrpc.Env) { real.New(env) })
		w.Net().Start(0, func(env *labrpc.Env) {
			n := real.New(env)
			n.Ask(1, "Echo")
			do(w, n)
		})
		w.Sleep(10 * time.Second)
	})
}

func TestEchoes1A(t *testing.T) {
	world(t, func(w *simtest.World, n *real.Node) { n.Ask(1, "Echo") })
}

func TestBreaksARule1A(t *testing.T) {
	simtest.Run(t, simtest.Options{Lab: "lab1-real", Nodes: 2}, func(w *simtest.World) {
		w.Net().Start(0, func(env *labrpc.Env) { env.Logf("up") })
		w.Sleep(time.Second)
		w.Artifact("words.html", func(out io.Writer) error {
			_, err := io.WriteString(out, "up")
			return err
		})
		w.Failf("TotalOrder", "a word came twice")
	})
}

func TestPanicsInHandler1B(t *testing.T) {
	world(t, func(w *simtest.World, n *real.Node) { n.Ask(1, "Count") })
}

func TestPanicsInGoroutine1B(t *testing.T) {
	world(t, func(w *simtest.World, n *real.Node) { n.CountLater() })
}

func TestRaces1B(t *testing.T) {
	world(t, func(w *simtest.World, n *real.Node) {
		go n.Remember("one")
		n.Remember("two")
	})
}

func TestStalls1C(t *testing.T) {
	world(t, func(w *simtest.World, n *real.Node) {
		go n.AskLocked(1)
		n.AskLocked(1)
	})
}

func TestSpins1C(t *testing.T) {
	world(t, func(w *simtest.World, n *real.Node) { n.Spin() })
}
