package raft_test

import (
	"testing"

	raft "distlabs/lab4-raft"
	"distlabs/lab4-raft/paxostest"
)

func runPaxos(t *testing.T, o paxostest.Setup, body func(s *paxostest.Synod)) {
	t.Helper()
	paxostest.Run(t, raft.NewAcceptor, raft.NewProposer, o, body)
}
