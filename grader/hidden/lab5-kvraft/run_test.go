package kvraft_test

import (
	"testing"

	raft "distlabs/lab4-raft"
	kvraft "distlabs/lab5-kvraft"
	"distlabs/lab5-kvraft/kvtest"
)

type (
	options = kvtest.Options
	cluster = kvtest.Cluster
)

func run(t *testing.T, o options, body func(c *cluster)) {
	t.Helper()
	kvtest.Run(t, kvtest.Of(raft.MakeWith, kvraft.MakeKV, kvraft.MakeClerk), o, body)
}
