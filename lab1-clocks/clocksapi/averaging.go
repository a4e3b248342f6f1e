package clocksapi

import "time"

// An Averaging says how clocks are averaged.
type Averaging struct {
	// Outlier is how far a clock may be from the median and still count. The
	// median of an even number of clocks is the earlier of the two in the
	// middle.
	Outlier time.Duration
}

// AdjustArgs tells a machine how to adjust its clock relative to its present
// time.
type AdjustArgs struct {
	Round int64         // which round of the averager this is of, from 1
	By    time.Duration // to be added to whatever the clock shows on arrival
}

// AdjustReply says that the adjustment has arrived.
type AdjustReply struct{}
