package simtest

import (
	"fmt"

	"distlabs/labrpc"
)

// Where says where a machine's goroutines wait, as far as that is in the code
// under test: "client.go:84, in (*Clerk).do, waits: chan receive".
func (w *World) Where(id labrpc.NodeID) []string {
	var out []string
	for _, g := range w.run.mine(dump()) {
		if g.node == int(id) && g.studentFrame() != nil {
			out = append(out, fmt.Sprintf("%s, waits: %s", g.place(), g.waits()))
		}
	}
	return atMost(mostLines, out)
}
