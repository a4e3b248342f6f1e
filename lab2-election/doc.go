// Package election is lab 2: processes that choose one of themselves as
// coordinator, and a coordinator that lets one process at a time in.
//
// A process may crash, which ends all that it knows, and start again. Outside
// of 2A, what a process concludes from silence is right only because messages
// have a bound on their delay: [electionapi.Config] has the times.
package election
