package kvtest

import (
	"fmt"

	"distlabs/labrpc/trace"
)

// The rules of commands and their answers (5A).
const (
	// AnswersAfterExecution: no client has an answer before its command is
	// committed and executed.
	AnswersAfterExecution = "AnswersAfterExecution"
	// ExactlyOnce: a command is executed once, however often it is asked for,
	// and wherever.
	ExactlyOnce = "ExactlyOnce"
	// OldResponse: a command that is asked for again has the result that it
	// had.
	OldResponse = "OldResponse"
	// AnswersItsOwn: who is told that its command is done gets the result of
	// that command, and not of another that stands in its place.
	AnswersItsOwn = "AnswersItsOwn"
	// EveryCommandCounts: a leader takes each command that was not executed,
	// executes it once it is committed, and answers.
	EveryCommandCounts = "EveryCommandCounts"
	// WaitersAreReleased: a server that leads no more says so to those who wait.
	WaitersAreReleased = "WaitersAreReleased"
	// OnlyLeadersAnswer: a server that does not lead says so.
	OnlyLeadersAnswer = "OnlyLeadersAnswer"
)

// The rules of the state machine (5A).
const (
	// ResultsAreRight: a command does what package kvapi says, and has the
	// result that it says.
	ResultsAreRight = "ResultsAreRight"
	// JudgedWhenExecuted: what a command does is decided when it is executed.
	JudgedWhenExecuted = "JudgedWhenExecuted"
	// ExecutesInOrder: commands are executed in the order of the log.
	ExecutesInOrder = "ExecutesInOrder"
	// SameLogSameState: the log alone decides what a server holds.
	SameLogSameState = "SameLogSameState"
	// StateTellsItsIndex: State says how far its server has executed the log.
	StateTellsItsIndex = "StateTellsItsIndex"
	// CommandsTravel: what a server hands to its Raft can be sent and saved.
	CommandsTravel = "CommandsTravel"
	// KilledIsSilent: a server that was killed executes nothing more.
	KilledIsSilent = "KilledIsSilent"
)

// The rules of reads without an entry (5C).
const (
	// ReadsAreRecent: a server answers a read without an entry once it has
	// executed all up to the index that its Raft told it, and not if it told none.
	ReadsAreRecent = "ReadsAreRecent"
	// ReadsNeedNoEntry: a read takes no entry in the log.
	ReadsNeedNoEntry = "ReadsNeedNoEntry"
	// LeasesSaveMessages: as long as a leader has a lease, it reads without asking
	// anybody.
	LeasesSaveMessages = "LeasesSaveMessages"
)

// The rules of the service as a whole.
const (
	// Progress: once nothing fails any more, every call of a client returns, and
	// every server executes what is committed.
	Progress = "Progress"
)

// The rules of clerks (5A).
const (
	// SameIDAgain: a clerk that asks again asks for the same command, with the
	// same id.
	SameIDAgain = "SameIDAgain"
	// NewIDForNew: each command of a clerk has an id that no other has, of any
	// clerk, and a clerk's serials rise.
	NewIDForNew = "NewIDForNew"
	// AsksUntilAnswered: a clerk asks for its command until it has an answer,
	// whatever some servers say or do not say, and returns what it was told.
	AsksUntilAnswered = "AsksUntilAnswered"
	// AppendIsOneCommand: an append is not lost, and loses nothing, whatever
	// other clients do meanwhile.
	AppendIsOneCommand = "AppendIsOneCommand"
	// ClerksPause: a clerk that finds no leader does not flood the servers.
	ClerksPause = "ClerksPause"
)

// The rules of snapshots (5B).
const (
	// LogIsTrimmed: a server's log on disk stays about as long as it was told.
	LogIsTrimmed = "LogIsTrimmed"
	// SnapshotOfExecuted: a snapshot reaches as far as was executed, and says so.
	SnapshotOfExecuted = "SnapshotOfExecuted"
	// SnapshotReplaces: a server that takes over a snapshot holds what is in it,
	// and nothing else.
	SnapshotReplaces = "SnapshotReplaces"
	// SnapshotIsSmall: a snapshot has what the keys hold, and one result of each
	// client.
	SnapshotIsSmall = "SnapshotIsSmall"
)

// The rules of changes (5D).
const (
	// RaftDecidesChanges: a server hands a change to its Raft, and says what that
	// says.
	RaftDecidesChanges = "RaftDecidesChanges"
	// ChangesEnd: a clerk asks for a change until it is in force, and no longer.
	ChangesEnd = "ChangesEnd"
)

// whys says to each rule why it is one.
var whys = map[string]string{
	AnswersAfterExecution: "A leader does not respond until the command has been logged, committed, and executed by its state machine: before that it may still be lost. (slides, \"Client protocol\")",
	ExactlyOnce:           "A reply that is lost lets a client ask again, perhaps another server. Each server must know what was executed, and the log alone can tell it. (slides, \"Client protocol\"; Raft §8)",
	OldResponse:           "If the id is found, the server ignores the new command and returns the response of the old one. (slides, \"Client protocol\")",
	AnswersItsOwn:         "An entry that is not committed gives way to another leader's; then another command stands at its index. (Raft §5.3)",
	EveryCommandCounts:    "Exactly once is not never. A command that was handed to a Raft may be lost; it has been executed when it comes from the log. (Raft §8)",
	WaitersAreReleased:    "Who waits at a leader that was deposed may wait for a command that is never committed. (Raft §8)",
	OnlyLeadersAnswer:     "Clients send to the leader; another server rejects the request. (Raft §8)",

	ResultsAreRight:    "Clients go by the results; package kvapi says what they are.",
	JudgedWhenExecuted: "Between the asking and the executing others change the key. (package kvapi, CompareAndSwap)",
	ExecutesInOrder:    "Servers that execute the same commands in the same order come to the same state. (Raft §2)",
	SameLogSameState:   "State machines are deterministic: a clock, chance, or the order of a map is different on each server. (Raft §2; Ongaro's dissertation, §6.3)",
	StateTellsItsIndex: "States are compared at equal indexes. (package kvapi, State)",
	CommandsTravel:     "A log is sent to other servers and written to a disk, as gob has it. A type that stands in an interface must be registered. (package labgob)",
	KilledIsSilent:     "Who ends a server may start another in its place.",

	ReadsAreRecent:     "A read must know of all that was committed before it was asked, and who leads no more cannot know that. (Ongaro's dissertation, §6.4)",
	ReadsNeedNoEntry:   "Most of what clients ask for changes nothing: to log it is to write it to the disks of a majority. (Ongaro's dissertation, §6.4)",
	LeasesSaveMessages: "Within a lease nobody else can have been elected, so there is nobody to ask. (Ongaro's dissertation, §6.4.1)",

	Progress: "Raft goes on as long as a majority is up and connected; clients ask again until they have an answer. (Raft §5.4, §8)",

	SameIDAgain:        "The id tells a server that it has executed the command already. (slides, \"Client protocol\")",
	NewIDForNew:        "A command with an id that was there before is taken for the old one. (slides, \"Client protocol\")",
	AsksUntilAnswered:  "If a request times out, the client issues it again to another server, until one is the leader. What a server knows of the leader may be old. (slides, \"Client protocol\")",
	AppendIsOneCommand: "What was read has changed when it is written back: the servers' log is what puts commands in order. (Raft §8)",
	ClerksPause:        "While there is no leader, asking again at once is of no use, and keeps the servers from their election.",

	LogIsTrimmed:       "A log that is never trimmed fills the disk. (Raft §7)",
	SnapshotOfExecuted: "What a snapshot says it has is taken out of the log, and what follows is executed after it. (Raft §7)",
	SnapshotReplaces:   "A snapshot supersedes all that came before it: also that a key is not there. (Raft §7)",
	SnapshotIsSmall:    "A client has one command at a time, so its last result is all that it may still ask for. (Ongaro's dissertation, §6.3)",

	RaftDecidesChanges: "Who belongs to the service is an entry of its log. (Raft §6)",
	ChangesEnd:         "Whoever stops a machine must know that the others do without it. (Raft §6)",
}

// Why returns a sentence about a rule, and where the handout tells.
func Why(rule string) string {
	return whys[rule] + " (handout \"What it must guarantee\")"
}

// broken returns the breach of a rule.
func broken(rule, format string, args ...any) *trace.Breach {
	return &trace.Breach{Rule: rule, Text: fmt.Sprintf(format, args...), Why: Why(rule)}
}
