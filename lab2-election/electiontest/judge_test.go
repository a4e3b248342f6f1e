package electiontest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/lab2-election/electionapi"
	"distlabs/lab2-election/electiontest"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

func TestHolderJudge(t *testing.T) {
	for _, c := range []struct {
		name  string
		story func(s *story)
		rule  string
	}{
		{"one after the other", func(s *story) {
			s.lock(1, "wants")
			s.lock(1, "held")
			s.lock(2, "wants")
			s.lock(1, "free")
			s.lock(2, "held")
			s.lock(2, "free")
			s.lock(2, "held")
		}, ""},
		{"the holder dies", func(s *story) {
			s.lock(1, "held")
			s.crash(1)
			s.lock(2, "held")
		}, ""},
		{"another state of the same name", func(s *story) {
			s.lock(1, "held")
			s.add(trace.Event{Kind: trace.State, Node: 2, Key: "role", Value: "held"})
		}, ""},
		{"two at once", func(s *story) {
			s.lock(1, "held")
			s.lock(2, "held")
		}, electiontest.AtMostOneHolder},
		{"a bystander dies", func(s *story) {
			s.lock(1, "held")
			s.crash(3)
			s.lock(2, "held")
		}, electiontest.AtMostOneHolder},
		{"a bystander stops waiting", func(s *story) {
			s.lock(1, "held")
			s.lock(3, "free")
			s.lock(2, "held")
		}, electiontest.AtMostOneHolder},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.rule, tell(t, electiontest.NewHolderJudge(), c.story))
		})
	}
}

func TestQueueJudge(t *testing.T) {
	request := func(s *story, p labrpc.NodeID, number int64) {
		s.says(int(p), 0, "Coordinator.Request", &electionapi.RequestArgs{Process: p, Number: number})
	}
	grant := func(s *story, p int, number int64) {
		s.says(0, p, "Client.Grant", &electionapi.GrantArgs{Number: number})
	}
	for _, c := range []struct {
		name  string
		story func(s *story)
		rule  string
	}{
		{"as they came", func(s *story) {
			request(s, 2, 1)
			request(s, 1, 1)
			request(s, 2, 2)
			grant(s, 2, 1)
			grant(s, 1, 1)
			grant(s, 2, 2)
		}, ""},
		{"a request and a grant come twice", func(s *story) {
			request(s, 1, 1)
			request(s, 1, 1)
			grant(s, 1, 1)
			grant(s, 1, 1)
			request(s, 1, 1)
			request(s, 2, 1)
			grant(s, 2, 1)
		}, ""},
		{"two arrive at the same instant", func(s *story) {
			a := s.sends(1, 0, "Coordinator.Request", &electionapi.RequestArgs{Process: 1, Number: 1})
			b := s.sends(2, 0, "Coordinator.Request", &electionapi.RequestArgs{Process: 2, Number: 1})
			s.arrives(a)
			s.arrives(b)
			grant(s, 2, 1)
			grant(s, 1, 1)
		}, ""},
		{"the order of arrival counts", func(s *story) {
			a := s.sends(1, 0, "Coordinator.Request", &electionapi.RequestArgs{Process: 1, Number: 1})
			b := s.sends(2, 0, "Coordinator.Request", &electionapi.RequestArgs{Process: 2, Number: 1})
			s.arrives(b)
			s.after(ms)
			s.arrives(a)
			grant(s, 2, 1)
		}, ""},
		{"last come first served", func(s *story) {
			request(s, 1, 1)
			request(s, 2, 1)
			grant(s, 2, 1)
		}, electiontest.FirstComeFirstServed},
		{"nobody asked", func(s *story) {
			request(s, 1, 1)
			grant(s, 2, 1)
		}, electiontest.GrantAnswersRequest},
		{"the request was lost", func(s *story) {
			s.sends(1, 0, "Coordinator.Request", &electionapi.RequestArgs{Process: 1, Number: 1})
			grant(s, 1, 1)
		}, electiontest.GrantAnswersRequest},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.rule, tell(t, electiontest.NewQueueJudge(), c.story))
		})
	}
}

func TestBullyJudge(t *testing.T) {
	elect := func(s *story, from labrpc.NodeID, to int) {
		s.says(int(from), to, "Bully.Election", &electionapi.ElectionArgs{From: from})
	}
	takeOver := func(s *story, from labrpc.NodeID, to int) {
		s.says(int(from), to, "Bully.TakeOver", &electionapi.TakeOverArgs{From: from})
	}
	victory := func(s *story, from labrpc.NodeID, to int) {
		s.says(int(from), to, "Bully.Victory", &electionapi.VictoryArgs{From: from})
	}
	for _, c := range []struct {
		name  string
		story func(s *story)
		rule  string
	}{
		{"all live", func(s *story) {
			elect(s, 0, 1)
			takeOver(s, 1, 0)
			victory(s, 1, 0)
			victory(s, 1, 2)
		}, ""},
		{"the heaviest is down", func(s *story) {
			s.crash(1)
			victory(s, 2, 0)
		}, ""},
		{"the heaviest is back, but not for long", func(s *story) {
			s.crash(1)
			s.after(cfg.T1())
			s.restart(1)
			s.after(cfg.T1() - ms)
			victory(s, 2, 0)
		}, ""},
		{"the heaviest has been back for long", func(s *story) {
			s.crash(1)
			s.restart(1)
			s.after(cfg.T1())
			victory(s, 2, 0)
		}, electiontest.HeaviestWins},
		{"a victory at the beginning over one that lives", func(s *story) {
			victory(s, 2, 0)
		}, electiontest.HeaviestWins},
		{"an election to a lighter one", func(s *story) {
			elect(s, 1, 2)
		}, electiontest.HeavierOnly},
		{"a take-over of a heavier one", func(s *story) {
			elect(s, 0, 2)
			takeOver(s, 0, 2)
		}, electiontest.TakeOverAnswers},
		{"a take-over without an election", func(s *story) {
			takeOver(s, 1, 0)
		}, electiontest.TakeOverAnswers},
		{"two take-overs for one election", func(s *story) {
			elect(s, 0, 1)
			takeOver(s, 1, 0)
			takeOver(s, 1, 0)
		}, electiontest.TakeOverAnswers},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.rule, tell(t, electiontest.NewBullyJudge(cfg), c.story))
		})
	}
}

// Whom the test plays may stay silent, and say what it likes.
func TestBullyJudgeOfPlayedProcesses(t *testing.T) {
	require.Empty(t, tell(t, electiontest.NewBullyJudge(cfg, 1), func(s *story) {
		s.says(2, 0, "Bully.Victory", &electionapi.VictoryArgs{From: 2})
		s.says(1, 0, "Bully.TakeOver", &electionapi.TakeOverArgs{From: 1})
	}))
}

func TestRingJudge(t *testing.T) {
	type election = electionapi.RingElectionArgs
	elect := func(s *story, from, to int, args election) { s.says(from, to, "Ring.Election", &args) }
	announce := func(s *story, from, to int, args electionapi.RingCoordinatorArgs) {
		s.says(from, to, "Ring.Coordinator", &args)
	}
	around := func(s *story) {
		elect(s, 0, 1, election{Initiator: 0, Round: 1, List: list(0)})
		elect(s, 1, 2, election{Initiator: 0, Round: 1, List: list(0, 1)})
		elect(s, 2, 0, election{Initiator: 0, Round: 1, List: list(0, 1, 2)})
	}
	told := electionapi.RingCoordinatorArgs{Initiator: 0, Round: 1, Living: list(0, 1, 2)}
	for _, c := range []struct {
		name  string
		story func(s *story)
		rule  string
	}{
		{"once around and once again", func(s *story) {
			around(s)
			announce(s, 0, 1, told)
			announce(s, 1, 2, told)
			announce(s, 2, 0, told)
		}, ""},
		{"a dead successor", func(s *story) {
			s.crash(1)
			s.sends(0, 1, "Ring.Election", &election{Initiator: 0, Round: 1, List: list(0)})
			elect(s, 0, 2, election{Initiator: 0, Round: 1, List: list(0)})
			elect(s, 2, 0, election{Initiator: 0, Round: 1, List: list(0, 2)})
		}, ""},
		{"a second round", func(s *story) {
			around(s)
			elect(s, 0, 1, election{Initiator: 0, Round: 2, List: list(0)})
		}, ""},
		{"alone", func(s *story) {
			s.crash(1)
			s.crash(2)
			elect(s, 0, 0, election{Initiator: 0, Round: 1, List: list(0)})
		}, ""},
		{"the initiator has died", func(s *story) {
			s.crash(0)
			s.restart(0)
			elect(s, 0, 1, election{Initiator: 0, Round: 1, List: list(0)})
			s.crash(0)
			s.restart(0)
			elect(s, 0, 1, election{Initiator: 0, Round: 1, List: list(0)})
		}, ""},
		{"passed over", func(s *story) {
			elect(s, 0, 2, election{Initiator: 0, Round: 1, List: list(0)})
		}, electiontest.NextThatIsUp},
		{"does not add itself", func(s *story) {
			elect(s, 0, 1, election{Initiator: 0, Round: 1, List: list(0)})
			elect(s, 1, 2, election{Initiator: 0, Round: 1, List: list(0)})
		}, electiontest.ListIsTheLiving},
		{"adds another", func(s *story) {
			elect(s, 0, 1, election{Initiator: 0, Round: 1, List: list(0)})
			elect(s, 1, 2, election{Initiator: 0, Round: 1, List: list(0, 1, 2)})
		}, electiontest.ListIsTheLiving},
		{"adds another before itself", func(s *story) {
			elect(s, 0, 1, election{Initiator: 0, Round: 1, List: list(0)})
			elect(s, 1, 2, election{Initiator: 0, Round: 1, List: list(0, 2, 1)})
		}, electiontest.ListIsTheLiving},
		{"adds itself twice", func(s *story) {
			around(s)
			elect(s, 0, 1, election{Initiator: 0, Round: 1, List: list(0, 1, 2, 0)})
		}, electiontest.ListIsTheLiving},
		{"begins with a list", func(s *story) {
			elect(s, 0, 1, election{Initiator: 0, Round: 1, List: list(2, 0)})
		}, electiontest.ListIsTheLiving},
		{"announces another list than came back", func(s *story) {
			around(s)
			announce(s, 0, 1, electionapi.RingCoordinatorArgs{Initiator: 0, Round: 1, Living: list(0, 1)})
		}, electiontest.ListIsTheLiving},
		{"goes around again", func(s *story) {
			around(s)
			announce(s, 0, 1, told)
			announce(s, 1, 2, told)
			announce(s, 2, 0, told)
			announce(s, 0, 1, told)
		}, electiontest.OneTurn},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.rule, tell(t, electiontest.NewRingJudge(cfg), c.story))
		})
	}
}
