package electiontest

import (
	"distlabs/lab2-election/electionapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// NewBullyJudge returns a checker of the messages of elections by bullying:
// [HeavierOnly], [TakeOverAnswers] and [HeaviestWins]. Processes in mute are
// played by the test, and need not answer.
func NewBullyJudge(cfg electionapi.Config, mute ...labrpc.NodeID) trace.Checker {
	j := &bullyJudge{cfg: cfg, roster: newRoster(), mute: make(map[int]bool), owed: make(map[[2]int]int)}
	for _, p := range mute {
		j.mute[int(p)] = true
	}
	return j
}

type bullyJudge struct {
	cfg    electionapi.Config
	roster roster
	mute   map[int]bool
	owed   map[[2]int]int // by taker and taken: ELECTIONs that may be answered
}

func (j *bullyJudge) Observe(e *trace.Event) error {
	j.roster.observe(e)
	var b *trace.Breach
	switch {
	case arrives(e, "Bully.Election"):
		j.owed[[2]int{e.To, e.From}]++
	case j.mute[e.From]:
	case asks(e, "Bully.Election"):
		b = j.election(e)
	case asks(e, "Bully.TakeOver"):
		b = j.takeOver(e)
	case asks(e, "Bully.Victory"):
		b = j.victory(e)
	}
	if b != nil {
		return b
	}
	return nil
}

func (j *bullyJudge) election(e *trace.Event) *trace.Breach {
	if heavier(j.cfg, e.To, e.From) {
		return nil
	}
	return breachAt(HeavierOnly, e, "process %d, of weight %d, sent ELECTION to process %d, of weight %d", e.From, j.cfg.Weights[e.From], e.To, j.cfg.Weights[e.To])
}

func (j *bullyJudge) takeOver(e *trace.Event) *trace.Breach {
	if !heavier(j.cfg, e.From, e.To) {
		return breachAt(TakeOverAnswers, e, "process %d, of weight %d, sent TAKE-OVER to process %d, of weight %d", e.From, j.cfg.Weights[e.From], e.To, j.cfg.Weights[e.To])
	}
	pair := [2]int{e.From, e.To}
	if j.owed[pair] == 0 {
		return breachAt(TakeOverAnswers, e, "process %d sent process %d a TAKE-OVER that answers no ELECTION", e.From, e.To)
	}
	j.owed[pair]--
	return nil
}

// victory holds a VICTORY against who is up: whoever is heavier and has been
// up for T1 has got an ELECTION in that time, and answered it.
func (j *bullyJudge) victory(e *trace.Event) *trace.Breach {
	for q := range j.cfg.Weights {
		if j.mute[q] || !heavier(j.cfg, q, e.From) || !j.roster.upSince(q, e.At-j.cfg.T1()) {
			continue
		}
		b := breachAt(HeaviestWins, e, "process %d, of weight %d, announced its victory although process %d, of weight %d, lives",
			e.From, j.cfg.Weights[e.From], q, j.cfg.Weights[q])
		b.Nodes = append(b.Nodes, q)
		return b
	}
	return nil
}
