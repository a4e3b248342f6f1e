// Package electiontest says what it means to be a coordinator, and to elect
// one. It runs the processes of lab 2 on a simulated network and judges them
// from outside: by the messages that they send, by whom they take for the
// coordinator, and by when they hold the lock.
//
// A [Clients] is a coordinator and those who want its lock (2A), an [Electorate]
// is processes that elect (2B by bullying, 2C on a ring), and a [Group] is
// members that do both (2D).
//
// What is judged is named by the constants of rules.go; a failure names one
// of them. Checkers of safety watch every event of a run: [NewHolderJudge],
// [NewQueueJudge], [NewBullyJudge], [NewRingJudge]. They are right only where
// their promise holds: those for elections want a bound on the delay, and that
// nothing is lost on its way to a process that lives.
package electiontest
