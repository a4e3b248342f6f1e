package raft

import (
	"slices"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// A change of servers goes in three steps, and a leader takes each of them when
// the one before is done: it brings the new servers up to date (change is not
// nil), commits C_old,new, commits C_new. A leader that takes over in the
// middle finds the last two in its log, and goes on; the first is lost with its
// leader, and must be asked for again. (Raft §6)

// A change is new servers that are being brought up to date, in rounds: in each
// they get what the log had when it began. One that took no longer than an
// election timeout was the last: what is still missing will not take longer
// either. (Ongaro's dissertation, §4.2.1)
type change struct {
	servers []labrpc.NodeID
	until   time.Time     // when it is given up
	goal    raftapi.Index // of the present round
	began   time.Time     // the present round
}

// config returns the configuration in force: the newest in the log, committed
// or not. rf.mu must be held.
func (rf *Raft) config() quorums {
	return quorums(*rf.log.at(max(rf.log.config, rf.log.start.Index)).Config)
}

// mayLead says whether this server may become leader: it is in the
// configuration in force, or is not yet known to have left it. rf.mu must be
// held.
func (rf *Raft) mayLead() bool {
	return slices.Contains(rf.config().servers(), rf.id) || rf.log.config > rf.commitIndex
}

// ChangeServers asks for a configuration of exactly these servers, by joint
// consensus. It returns at once; who wants to know when it is in force asks
// again, until the answer is Done. (Raft §6)
//
// A leader first brings the new servers up to date, without a vote, then
// replicates C_old,new, and when that is committed C_new. A leader that is not
// in C_new steps down when C_new is committed.
//
// It answers Refused while another change is under way, or if servers is empty
// or names one that is no peer.
func (rf *Raft) ChangeServers(servers []labrpc.NodeID) raftapi.Change {
	rf.lock()
	defer rf.unlock()
	if rf.role != leader || rf.killed() {
		return raftapi.NotLeader
	}
	servers = slices.Compact(slices.Sorted(slices.Values(servers)))
	if len(servers) == 0 || servers[0] < 0 || int(servers[len(servers)-1]) >= len(rf.env.Peers()) {
		return raftapi.Refused
	}
	if rf.change != nil && time.Now().After(rf.change.until) {
		rf.change = nil
		rf.retarget()
	}
	config, committed := rf.config(), rf.log.config <= rf.commitIndex
	same := func(other []labrpc.NodeID) bool { return slices.Equal(servers, slices.Sorted(slices.Values(other))) }
	switch {
	case rf.change != nil && same(rf.change.servers),
		len(config.New) > 0 && same(config.New),
		len(config.New) == 0 && !committed && same(config.Old):
		return raftapi.UnderWay
	case rf.change != nil || len(config.New) > 0 || !committed:
		return raftapi.Refused
	case same(config.Old):
		return raftapi.Done
	}
	rf.change = &change{servers: servers, until: time.Now().Add(10 * rf.options.ElectionMax), goal: rf.log.last(), began: time.Now()}
	rf.retarget()
	rf.caughtUp()
	return raftapi.UnderWay
}

// caughtUp begins the joint consensus when the new servers are up to date.
// rf.mu must be held.
func (rf *Raft) caughtUp() {
	c := rf.change
	if c == nil {
		return
	}
	members := rf.config().servers()
	for _, p := range c.servers {
		if !slices.Contains(members, p) && rf.progress[p].match < c.goal {
			return
		}
	}
	if last := rf.log.last(); c.goal < last && time.Since(c.began) > rf.options.ElectionMin {
		c.goal, c.began = last, time.Now()
		return
	}
	rf.change = nil
	rf.appendAsLeader(Entry{Config: &raftapi.Config{Old: rf.config().Old, New: c.servers}})
}

// afterCommit takes a leader's next step when a configuration is committed.
// rf.mu must be held.
func (rf *Raft) afterCommit() {
	config := rf.config()
	switch {
	case rf.log.config > rf.commitIndex:
	case len(config.New) > 0:
		rf.appendAsLeader(Entry{Config: &raftapi.Config{Old: config.New}})
	case !slices.Contains(config.Old, rf.id):
		rf.stepDown()
	}
}

// retarget lets this leader replicate to the servers of the configuration in
// force and to those that are to join, and to nobody else. rf.mu must be held.
func (rf *Raft) retarget() {
	servers := rf.config().servers()
	if rf.change != nil {
		servers = append(servers, rf.change.servers...)
	}
	for p := range rf.progress {
		if !slices.Contains(servers, p) {
			delete(rf.progress, p)
		}
	}
	for _, p := range servers {
		if p != rf.id && rf.progress[p] == nil {
			q := &progress{next: rf.log.last() + 1, wake: make(chan struct{}, 1)}
			rf.progress[p] = q
			go rf.replicate(p, q, rf.term)
		}
	}
}

// quorums tells when servers agree, by the rules of a configuration: a majority
// of Old and, in joint consensus, a majority of New.
type quorums raftapi.Config

// servers returns all servers of the configuration, each once.
func (c quorums) servers() []labrpc.NodeID {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(c.Old, c.New))))
}

// agreed says whether those who say yes are enough.
func (c quorums) agreed(yes func(labrpc.NodeID) bool) bool {
	return c.quorumIndex(func(p labrpc.NodeID) raftapi.Index {
		if yes(p) {
			return 1
		}
		return 0
	}) == 1
}

// quorumIndex returns the greatest index that enough servers have reached.
func (c quorums) quorumIndex(reached func(labrpc.NodeID) raftapi.Index) raftapi.Index {
	n := majorityIndex(c.Old, reached)
	if len(c.New) > 0 {
		n = min(n, majorityIndex(c.New, reached))
	}
	return n
}

// majorityIndex returns the greatest index that a majority of servers has
// reached, and 0 for no servers.
func majorityIndex(servers []labrpc.NodeID, reached func(labrpc.NodeID) raftapi.Index) raftapi.Index {
	if len(servers) == 0 {
		return 0
	}
	var all []raftapi.Index
	for _, p := range servers {
		all = append(all, reached(p))
	}
	slices.Sort(all)
	return all[(len(all)-1)/2]
}
