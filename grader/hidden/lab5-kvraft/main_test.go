package kvraft_test

import (
	"flag"
	"fmt"
	"testing"

	"distlabs/labrpc/linear"
)

var calls = flag.Bool("calls", false, "say at the end how many calls of clients were checked for linearizability")

func TestMain(m *testing.M) {
	m.Run()
	if *calls {
		fmt.Printf("%d calls of clients were checked for linearizability\n", linear.Checked())
	}
}
