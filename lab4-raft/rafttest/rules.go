package rafttest

import (
	"fmt"

	"distlabs/labrpc/trace"
)

// The rules of safety that the cluster itself judges.
const (
	// ElectionSafety: a term has at most one leader.
	ElectionSafety = "ElectionSafety"
	// ElectionQuorum: a leader has the votes of a majority.
	ElectionQuorum = "ElectionQuorum"
	// TermsNeverDecrease: a server's term never gets smaller, not even by a
	// crash.
	TermsNeverDecrease = "TermsNeverDecrease"
	// LeaderAppendOnly: a leader never overwrites or deletes entries of its
	// log; it only appends.
	LeaderAppendOnly = "LeaderAppendOnly"
	// FollowersArePassive: followers send no requests.
	FollowersArePassive = "FollowersArePassive"
	// CommitRule: a command is committed when a majority has it, and by the
	// leader of the current term.
	CommitRule = "CommitRule"
	// StateMachineSafety: no two servers execute different commands at one
	// index.
	StateMachineSafety = "StateMachineSafety"
	// KilledIsSilent: a server that was killed sends no more requests, and
	// hands nothing more to its service.
	KilledIsSilent = "KilledIsSilent"
	// AppliesInOrder: what a service is handed has rising indexes, and is a
	// command or a snapshot.
	AppliesInOrder = "AppliesInOrder"
	// AcceptsWhatFits: an AppendEntries of the leader of the term, or of a later
	// one, succeeds if the log has the entry before the new ones.
	AcceptsWhatFits = "AcceptsWhatFits"
	// ConflictRemoved: an entry that conflicts with a new one is removed, and
	// all that follow it.
	ConflictRemoved = "ConflictRemoved"
	// SavedIsReadable: what is saved has at least the fields of raftapi.Saved.
	SavedIsReadable = "SavedIsReadable"
	// SnapshotIsWhole: a snapshot that a service is handed is one that a
	// service has made, and reaches as far as it is said to.
	SnapshotIsWhole = "SnapshotIsWhole"
)

// The rules of what must happen, and at what cost.
const (
	// LeaderElected: some time after the last fault a majority that is up and
	// connected has a leader.
	LeaderElected = "LeaderElected"
	// FewElections: while nothing fails, a leader stays.
	FewElections = "FewElections"
	// CandidateAsksAll: a candidate asks every peer for its vote.
	CandidateAsksAll = "CandidateAsksAll"
	// LeaderReplicates: a leader sends every follower what it lacks.
	LeaderReplicates = "LeaderReplicates"
	// TermsAgree: servers that are connected come to be in one term.
	TermsAgree = "TermsAgree"
	// Progress: a majority that is up and connected does not wait for the rest.
	Progress = "Progress"
	// RPCBudget: a command costs at most two requests to each follower.
	RPCBudget = "RPCBudget"
	// ByteBudget: a command is sent to each follower once, where nothing is
	// lost.
	ByteBudget = "ByteBudget"
	// HeartbeatRate: a leader that has nothing to say sends one request to each
	// follower in the heartbeat's time.
	HeartbeatRate = "HeartbeatRate"
	// BackUpIsFast: a leader finds where a log parts from its own in a step for
	// each term, and not for each entry.
	BackUpIsFast = "BackUpIsFast"
	// LogIsTrimmed: what a snapshot has, the log on the disk has no more.
	LogIsTrimmed = "LogIsTrimmed"
	// LeaderTakesCommands: who takes itself for the leader takes commands.
	LeaderTakesCommands = "LeaderTakesCommands"
	// Agreement: a command handed to a leader that stays is executed by all
	// who are up and connected with it.
	Agreement = "Agreement"
)

// whys say what a rule is about, for those who broke it.
var whys = map[string]string{
	ElectionSafety:      "At most one leader can be elected in a given term. (Raft, Figure 3)",
	ElectionQuorum:      "Two majorities have a server in common, and it votes once in a term. (Raft §5.2)",
	TermsNeverDecrease:  "Terms are a logical clock. (Raft §5.1)",
	LeaderAppendOnly:    "A leader's log is the truth: what it has it keeps. (Raft §5.3, Figure 3)",
	FollowersArePassive: "Followers issue no requests on their own but simply respond to leaders and candidates. (Raft §5.1)",
	CommitRule:          "Only what a majority has on its disks outlives any minority. (Raft §5.3, §5.4.2)",
	StateMachineSafety:  "If a server has applied a log entry at an index, no other server will ever apply a different one for it. (Raft, Figure 3)",
	KilledIsSilent:      "Who ends a server may start another in its place.",
	Progress:            "A slow minority does not slow down the others. (Raft §2)",
	RPCBudget:           "In the normal case one round of requests commits a command. (Raft §9.3)",
	ByteBudget:          "A leader knows what each follower has, and sends it what follows. (Raft §5.3)",
	HeartbeatRate:       "More heartbeats than needed are messages that do nothing. (package raftapi, Options)",
	BackUpIsFast:        "A follower can tell its leader which entries to skip. (Raft §5.3, at its end)",
	LogIsTrimmed:        "A log that is never trimmed fills the disk. (Raft §7)",
	AppliesInOrder:      "State machines that execute the same commands in the same order stay the same. (Raft §2)",
	SnapshotIsWhole:     "A snapshot is the service's: a server keeps it and passes it on as it is. (Raft §7)",
	AcceptsWhatFits:     "A leader finds by refusals alone where logs part; what fits is taken. (Raft §5.3)",
	ConflictRemoved:     "If an existing entry conflicts with a new one (same index but different terms), delete it and all that follow it. (Raft, Figure 2)",
	SavedIsReadable:     "The tests read the disks; package raftapi says how.",
	FewElections:        "A leader's heartbeats keep its followers from becoming candidates. (Raft §5.2)",
	CandidateAsksAll:    "A server that does not hear from a leader becomes a candidate and asks all others for their votes. (Raft §5.2)",
	LeaderReplicates:    "A leader sends each follower what it lacks, and tries again without end. (Raft §5.3)",
	LeaderElected:       "Without a leader nothing goes on. Election timeouts are random so that split votes are rare. (Raft §5.2)",
	TermsAgree:          "Servers tell each other their terms in every message, and a smaller one gives way. (Raft §5.1)",
	LeaderTakesCommands: "Start answers at once: a leader appends the command to its log. (Raft §5.3)",
	Agreement:           "A majority that is up and connected goes on. A leader retries until every follower has every entry. (Raft §5.3)",
}

// Why returns a sentence about a rule, and where the handout tells.
func Why(rule string) string {
	return whys[rule] + " (handout \"What it must guarantee\")"
}

// broken returns the breach of a rule.
func broken(rule, format string, args ...any) *trace.Breach {
	return &trace.Breach{Rule: rule, Text: fmt.Sprintf(format, args...), Why: Why(rule)}
}
