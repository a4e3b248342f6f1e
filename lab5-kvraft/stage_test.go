package kvraft_test

import (
	"testing"

	raft "distlabs/lab4-raft"
	kvraft "distlabs/lab5-kvraft"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/lab5-kvraft/kvtest"
)

type (
	stage = kvtest.Stage
	play  = kvtest.Play
)

// onLogs runs servers whose Rafts the test plays.
func onLogs(t *testing.T, servers int, body func(s *stage)) {
	t.Helper()
	onTrimmedLogs(t, servers, 0, body)
}

// onTrimmedLogs is onLogs with servers that make snapshots.
func onTrimmedLogs(t *testing.T, servers, maxState int, body func(s *stage)) {
	t.Helper()
	kvtest.OnLogs(t, kvtest.Of(raft.MakeWith, kvraft.MakeKV, kvraft.MakeClerk), servers, kvapi.Options{MaxState: maxState}, body)
}

// onServers runs clerks with servers that the test plays.
func onServers(t *testing.T, servers int, body func(p *play)) {
	t.Helper()
	kvtest.OnServers(t, kvtest.Of(raft.MakeWith, kvraft.MakeKV, kvraft.MakeClerk), servers, body)
}
