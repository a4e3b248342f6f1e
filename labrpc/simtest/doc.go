// Package simtest runs tests in virtual time: seventy seconds of elections
// and crashes take well under one, and a seed shows a failure again.
//
// [Run] gives a test's body a [World]: a network with a seed, its trace, and
// checkers that see every event. The body runs in a bubble (testing/synctest)
// in which time passes only when every goroutine waits, and ends clean: what
// was started is told to stop, and what is left over is a note.
//
// A run ends in one [Result]. Its first failure is what counts; a failure is
// a record, printed for people and written as JSON for the grader, never
// parsed back from prose.
//
// What takes long to judge is judged when the run is over ([World.AfterRun]),
// and may be shown in a file beside the trace ([World.Artifact]). A test that
// cannot tell says so, and no submission is blamed ([Undecided]).
//
// A goroutine that waits for what virtual time cannot bring (a mutex whose
// holder sleeps, a socket, a package-level channel), or that never waits, would
// stop time for ever. A watchdog outside of the bubble sees that, explains it in
// the student's words, and abandons the bubble: the test fails, and the next one
// runs. A panic in a goroutine of the student's ends the process, as always in
// Go; its text is kept in [CrashFile].
//
// simtest does not promise that a seed repeats a run: code that takes its
// chance from elsewhere, or two goroutines that wake at one instant, may go
// another way. So runs are hashed, and a replay says whether it was the same.
package simtest
