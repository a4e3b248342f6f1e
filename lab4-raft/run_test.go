package raft_test

import (
	"testing"
	"time"

	raft "distlabs/lab4-raft"
	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

const ms = time.Millisecond

type (
	options = rafttest.Options
	cluster = rafttest.Cluster
)

func run(t *testing.T, o options, body func(c *cluster)) {
	t.Helper()
	rafttest.Run(t, raft.MakeWith, o, body)
}

// nodes are these servers.
func nodes(servers ...labrpc.NodeID) []labrpc.NodeID { return servers }

// alone is one server among peers that the test plays, where messages take no
// time.
func alone(peers int) options {
	o := options{Servers: peers + 1, Instant: true}
	for p := 1; p <= peers; p++ {
		o.Played = append(o.Played, labrpc.NodeID(p))
	}
	return o
}
