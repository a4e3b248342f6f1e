package simtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
)

type echo struct{ env *labrpc.Env }

type text struct{ S string }

func (e *echo) Say(args *text, reply *text) { reply.S = args.S + "!" }

// Seventy seconds of messages pass in virtual time, and the run ends clean.
func TestVirtualTimePasses(t *testing.T) {
	began := time.Now()
	simtest.Run(t, simtest.Options{Nodes: 2, Link: labrpc.Link{Delay: labrpc.Uniform(time.Millisecond, 9*time.Millisecond)}}, func(w *simtest.World) {
		for id := range labrpc.NodeID(2) {
			w.Net().Start(id, func(env *labrpc.Env) { env.Serve(&echo{env}) })
		}
		end := w.Net().Ends(0)[1]
		for range 700 {
			var reply text
			require.True(w, end.Call("echo.Say", &text{"hi"}, &reply))
			require.Equal(w, "hi!", reply.S)
			w.Sleep(100 * time.Millisecond)
		}
		require.Greater(w, w.Now(), 70*time.Second)
	})
	t.Logf("real time: %v", time.Since(began))
}
