package electionapi

import "time"

// A Config is what each process knows of the others and of the network.
type Config struct {
	// Weights are the processes' weights, by number. The heaviest is to be
	// coordinator; of two that weigh the same, the one with the larger number
	// counts as the heavier.
	Weights []int

	// Bound is the most that a message takes on its way. With it goes the
	// promise that no message is lost but those to a process that is down.
	Bound time.Duration
}

// CallTimeout is the network's call timeout: a Call to a process that lives
// has returned true before. It is a little more than a message there and the
// acknowledgement back.
func (c Config) CallTimeout() time.Duration { return 5 * c.Bound / 2 }

// T1 is how long a process waits for a TAKE-OVER after it has sent its
// ELECTIONs. It is longer than CallTimeout: by then it is known which of them
// have not arrived.
func (c Config) T1() time.Duration { return 3 * c.Bound }

// T2 is how long a process that was taken over waits for a VICTORY: until the
// heaviest has got the ELECTION, has waited for T1 itself, and its VICTORY has
// come.
func (c Config) T2() time.Duration { return c.T1() + 3*c.Bound }

// Turn is the most that a message takes once around the ring, if nobody dies
// meanwhile: who finds its successor down has waited for CallTimeout.
func (c Config) Turn() time.Duration {
	return time.Duration(len(c.Weights)+1) * c.CallTimeout()
}
