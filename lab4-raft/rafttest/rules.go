package rafttest

import (
	"fmt"
	"slices"

	"distlabs/labrpc/trace"
)

// The five properties of the paper's Figure 3.
const (
	// ElectionSafety: a term has at most one leader.
	ElectionSafety = "ElectionSafety"
	// LeaderAppendOnly: a leader adds to its log, and neither overwrites nor
	// deletes what is in it.
	LeaderAppendOnly = "LeaderAppendOnly"
	// LogMatching: two entries of the same index and term hold the same
	// command, and all entries before them are the same.
	LogMatching = "LogMatching"
	// LeaderCompleteness: what was committed in a term is in the logs of the
	// leaders of all later terms.
	LeaderCompleteness = "LeaderCompleteness"
	// StateMachineSafety: if a server has applied a command at an index, no
	// other applies another there, or nothing.
	StateMachineSafety = "StateMachineSafety"
)

// The rules of terms and votes.
const (
	// TermsNeverDecrease: a server's term never falls, not by a crash either.
	TermsNeverDecrease = "TermsNeverDecrease"
	// FollowersArePassive: only a candidate asks for votes, for itself, and
	// only who was a candidate of a term leads it.
	FollowersArePassive = "FollowersArePassive"
	// StaleTermRefused: a request of an older term is refused.
	StaleTermRefused = "StaleTermRefused"
	// OneVotePerTerm: a server votes for at most one candidate in a term.
	OneVotePerTerm = "OneVotePerTerm"
	// VoteUpToDate: a vote goes only to a candidate whose log is at least as
	// up to date as the voter's.
	VoteUpToDate = "VoteUpToDate"
	// ElectionQuorum: a leader has the votes of a majority of its
	// configuration: of distinct servers, for this term, and delivered.
	ElectionQuorum = "ElectionQuorum"
	// StepsDown: a leader that has heard of a later term leads no more.
	StepsDown = "StepsDown"
	// PersistBeforePromise: a term, a vote, an entry are on disk before the
	// message that promises them leaves.
	PersistBeforePromise = "PersistBeforePromise"
	// NewerTermTakenUp: a request of a newer term is taken notice of, and then
	// answered as any other.
	NewerTermTakenUp = "NewerTermTakenUp"
	// OnlyVotesDelay: a server that refuses its vote does not wait longer for
	// that.
	OnlyVotesDelay = "OnlyVotesDelay"
	// ElectionTimeouts: elections begin after a timeout, drawn anew each time
	// from the range that is given.
	ElectionTimeouts = "ElectionTimeouts"
	// KilledIsSilent: a server that was killed sends no more requests, and
	// hands nothing more to its service.
	KilledIsSilent = "KilledIsSilent"
)

// The rules of logs.
const (
	// AcceptsWhatFits: an AppendEntries of the leader of the term, or of a later
	// one, succeeds if the log has the entry before the new ones.
	AcceptsWhatFits = "AcceptsWhatFits"
	// ConsistencyCheck: an AppendEntries fails if the log does not have the
	// entry before the new ones, of that index and term.
	ConsistencyCheck = "ConsistencyCheck"
	// AppendKeepsWhatFits: an AppendEntries takes away only what conflicts with
	// it, and what follows that.
	AppendKeepsWhatFits = "AppendKeepsWhatFits"
	// ConflictRemoved: an entry that conflicts with a new one is removed, and
	// all that follow it.
	ConflictRemoved = "ConflictRemoved"
	// CommitRule: a leader commits what a majority of its configuration has
	// acknowledged, up to and with an entry of its own term.
	CommitRule = "CommitRule"
	// CommitWithinReach: a follower commits what its leader has committed, and
	// no further than the last entry that it got from it.
	CommitWithinReach = "CommitWithinReach"
	// CommitNeverDecreases: what a leader says that it has committed, it does
	// not take back.
	CommitNeverDecreases = "CommitNeverDecreases"
	// AppliesInOrder: what a service is handed has rising indexes, each once in
	// a life, and is a command or a snapshot.
	AppliesInOrder = "AppliesInOrder"
	// ChannelStaysOpen: a server does not close the channel to its service.
	ChannelStaysOpen = "ChannelStaysOpen"
)

// The rules of snapshots.
const (
	// SnapshotNeverGoesBack: an older snapshot does not replace a newer one,
	// nor what was applied after it.
	SnapshotNeverGoesBack = "SnapshotNeverGoesBack"
	// SnapshotKeepsWhatFollows: a snapshot takes nothing away that follows it
	// and fits.
	SnapshotKeepsWhatFollows = "SnapshotKeepsWhatFollows"
	// SnapshotOfApplied: a snapshot holds only what was applied, or is a
	// leader's.
	SnapshotOfApplied = "SnapshotOfApplied"
	// SnapshotAndLogTogether: a snapshot and the log that follows it are saved
	// together.
	SnapshotAndLogTogether = "SnapshotAndLogTogether"
	// SnapshotKeepsConfig: a snapshot comes with the newest configuration up to
	// its end.
	SnapshotKeepsConfig = "SnapshotKeepsConfig"
	// SnapshotIsWhole: a snapshot that a service is handed is one that a
	// service has made, and reaches as far as it is said to.
	SnapshotIsWhole = "SnapshotIsWhole"
)

// The rules of membership.
const (
	// QuorumOfBoth: from one configuration to the next it goes by the joint
	// configuration of both.
	QuorumOfBoth = "QuorumOfBoth"
	// OneChangeAtATime: a leader adds a configuration when the one before is
	// committed.
	OneChangeAtATime = "OneChangeAtATime"
	// ConfigOnReceipt: a server goes by the newest configuration in its log,
	// committed or not; when that is removed, by the one before.
	ConfigOnReceipt = "ConfigOnReceipt"
	// NewServersCatchUp: new servers have the log before they count.
	NewServersCatchUp = "NewServersCatchUp"
	// NewServersWait: a server without a configuration holds no elections.
	NewServersWait = "NewServersWait"
	// AnyoneMayVote: a server votes whoever is in its configuration, and whether
	// it is.
	AnyoneMayVote = "AnyoneMayVote"
	// RemovedLeaderStepsDown: a leader that is not in C_new leads until that is
	// committed, and no longer.
	RemovedLeaderStepsDown = "RemovedLeaderStepsDown"
	// RemovedDoNotDisrupt: who has a leader takes no notice of a candidate.
	RemovedDoNotDisrupt = "RemovedDoNotDisrupt"
	// ChangesEnd: a change is done some time after the last fault, whoever leads
	// meanwhile.
	ChangesEnd = "ChangesEnd"
)

// What judges can read.
const (
	// MessageIsReadable: messages have at least the fields of raftapi.
	MessageIsReadable = "MessageIsReadable"
	// SavedIsReadable: what is saved has at least the fields of raftapi.Saved.
	SavedIsReadable = "SavedIsReadable"
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
	// MatchGoesForward: a leader does not send again what a follower has
	// acknowledged, whatever comes late.
	MatchGoesForward = "MatchGoesForward"
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
	ElectionSafety:     "At most one leader can be elected in a given term. (Raft, Figure 3)",
	LeaderAppendOnly:   "A leader never overwrites or deletes entries in its log; it only appends new entries. (Raft, Figure 3, §5.3)",
	LogMatching:        "A follower takes new entries only if its log has the entry just before them, of the same index and term. (Raft, Figure 3, §5.3)",
	LeaderCompleteness: "A committed entry is present in the logs of the leaders of all higher-numbered terms. (Raft, Figure 3, §5.4)",
	StateMachineSafety: "An entry may be applied only when it is committed, and then everybody applies it. (Raft, Figure 3, §5.4.3)",

	TermsNeverDecrease:   "Terms are a clock: who went back would do again what it has done. (Raft §5.1)",
	FollowersArePassive:  "Followers are passive: they issue no requests, and respond to those of leaders and candidates. (Raft §5.1)",
	StaleTermRefused:     "A request with a stale term number is rejected, and the reply tells the current one. (Raft §5.1, Figure 2)",
	OneVotePerTerm:       "Each server votes for at most one candidate in a given term, also if it crashes in between. (Raft §5.2)",
	VoteUpToDate:         "A voter denies its vote if its own log is more up to date: by the term of the last entry, and if these are equal by its index. (Raft §5.4.1)",
	ElectionQuorum:       "Two majorities have a server in common, and it votes once in a term. (Raft §5.2; slide 13)",
	StepsDown:            "If a candidate or leader discovers that its term is out of date, it immediately reverts to follower state. (Raft §5.1)",
	PersistBeforePromise: "Persistent state is updated on stable storage before responding to RPCs: a crash must not take back what others rely on. (Raft, Figure 2)",

	AcceptsWhatFits:      "A leader finds by refusals alone where logs part; what fits is taken. (Raft §5.3)",
	AppendKeepsWhatFits:  "Only if an existing entry conflicts with a new one are it and all that follow deleted: a late message must not take away what was acknowledged since. (Raft, Figure 2)",
	ConflictRemoved:      "If an existing entry conflicts with a new one (same index but different terms), delete it and all that follow it. (Raft, Figure 2)",
	CommitRule:           "Only entries of the leader's current term are committed by counting; what a majority has outlives any minority. (Raft §5.3, §5.4.2, Figure 8)",
	CommitWithinReach:    "commitIndex = min(leaderCommit, index of last new entry): what lies behind it need not be the leader's. (Raft, Figure 2)",
	CommitNeverDecreases: "commitIndex increases monotonically. (Raft, Figure 2)",
	AppliesInOrder:       "State machines that execute the same commands in the same order stay the same. (Raft §2)",
	ChannelStaysOpen:     "Who gave the channel may still read it, and a send to a closed channel panics. A Kill that lets all goroutines end, and leaves the channel alone, is enough.",

	SnapshotNeverGoesBack:    "A snapshot that came late is older than what the server has. (Raft §7)",
	SnapshotKeepsWhatFollows: "If the log has the snapshot's last entry, the entries following it are retained. (Raft §7, Figure 13)",
	SnapshotOfApplied:        "A snapshot holds committed entries only. (Raft §7)",
	SnapshotAndLogTogether:   "A crash between two writes would leave a log that does not follow its snapshot. (Raft §7)",
	SnapshotKeepsConfig:      "The snapshot includes the latest configuration in the log as of its last entry. (Raft §7)",
	SnapshotIsWhole:          "A snapshot is the service's: a server keeps it and passes it on as it is. (Raft §7)",

	QuorumOfBoth:     "No direct switch is safe: two majorities, one of each configuration, could decide for themselves. (Raft §6)",
	OneChangeAtATime: "C_new is created when C_old,new is committed, and another change begins when C_new is. (Raft §6)",

	ConfigOnReceipt:        "A server always uses the latest configuration in its log, regardless of whether the entry is committed. (Raft §6)",
	NewServersCatchUp:      "Without a log new servers could commit nothing for quite a while; so they join as non-voting members first. (Raft §6)",
	NewServersWait:         "Who does not know the servers cannot know a majority of them.",
	AnyoneMayVote:          "A voter may not have heard yet who the servers are, and its vote may be the one that is missing. (Ongaro's dissertation, §4.2.2)",
	RemovedLeaderStepsDown: "Until C_new is committed it may be that only servers of C_old can be elected. (Raft §6; study's quiz, question 8)",
	RemovedDoNotDisrupt:    "Servers disregard RequestVote RPCs when they believe a current leader exists, within the minimum election timeout. (Raft §6)",
	ChangesEnd:             "A leader that finds a change in its log brings it to its end. (Raft §6)",

	MessageIsReadable: "The tests read the messages; package raftapi says how.",
	SavedIsReadable:   "The tests read the disks; package raftapi says how.",

	KilledIsSilent:      "Who ends a server may start another in its place. After Kill every goroutine comes to its end: each loop looks whether it is over, and what waits is woken.",
	Progress:            "A slow minority does not slow down the others. (Raft §2)",
	RPCBudget:           "In the normal case one round of requests commits a command. (Raft §9.3)",
	ByteBudget:          "A leader knows what each follower has, and sends it what follows. (Raft §5.3)",
	HeartbeatRate:       "More heartbeats than needed are messages that do nothing. (package raftapi, Options)",
	BackUpIsFast:        "A follower can tell its leader which entries to skip. (Raft §5.3, at its end)",
	LogIsTrimmed:        "A log that is never trimmed fills the disk. (Raft §7)",
	FewElections:        "A leader's heartbeats keep its followers from becoming candidates. (Raft §5.2)",
	CandidateAsksAll:    "A server that does not hear from a leader becomes a candidate and asks all others for their votes. (Raft §5.2)",
	LeaderReplicates:    "A leader sends each follower what it lacks, and tries again without end. (Raft §5.3)",
	LeaderElected:       "Without a leader nothing goes on. Election timeouts are random so that split votes are rare. (Raft §5.2)",
	LeaderTakesCommands: "Start answers at once: a leader appends the command to its log. (Raft §5.3)",
	Agreement:           "A majority that is up and connected goes on. A leader retries until every follower has every entry. (Raft §5.3)",
	NewerTermTakenUp:    "The receiver reverts to follower, updates its term, then processes the RPC normally. (slides, \"Neutralizing Old Leaders\")",
	OnlyVotesDelay:      "The election timer is set anew when a leader is heard or a vote is given, and not by a candidate that cannot win. (Raft, Figure 2)",
	ElectionTimeouts:    "Candidates that begin at the same time split the votes; the next time they should not. (Raft §5.2)",
	ConsistencyCheck:    "It makes sure, entry by entry, that logs which agree at a place agree in all before it. (Raft §5.3; slides, \"AppendEntries Consistency Check\")",
	MatchGoesForward:    "matchIndex increases monotonically. (Raft, Figure 2)",
}

// Why returns a sentence about a rule, and where the handout tells.
func Why(rule string) string {
	return whys[rule] + " (handout \"What it must guarantee\")"
}

// broken returns the breach of a rule.
func broken(rule, format string, args ...any) *trace.Breach {
	return &trace.Breach{Rule: rule, Text: fmt.Sprintf(format, args...), Why: Why(rule)}
}

// breachAt is broken with who took part and the events that show it; with adds
// more of them.
func breachAt(rule string, e *trace.Event, format string, args ...any) *trace.Breach {
	b := broken(rule, format, args...)
	b.Nodes, b.Evidence = []int{e.Node}, []int64{e.ID}
	return b
}

// with adds a server that took part to b, and an event that shows it.
func with(b *trace.Breach, node int, event int64) *trace.Breach {
	if node >= 0 && !slices.Contains(b.Nodes, node) {
		b.Nodes = append(b.Nodes, node)
	}
	if event > 0 && !slices.Contains(b.Evidence, event) {
		b.Evidence = append(b.Evidence, event)
	}
	return b
}
