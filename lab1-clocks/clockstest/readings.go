package clockstest

import (
	"math"
	"time"

	"distlabs/lab1-clocks/clocksapi"
)

// grain is how much rounding to nanoseconds may add up to in what is compared.
const grain = 50 * time.Nanosecond

// A Reading is what a client's clock showed at an instant, beside what the
// simulation knows of that instant.
type Reading struct {
	Client   int
	True     time.Time     // the true time
	Hardware time.Time     // what the client's hardware clock showed
	Shown    time.Time     // what Now returned
	Bound    time.Duration // what Bound returned
	Set      bool          // an exchange has succeeded
	Syncing  bool          // one is under way, and may just have succeeded
}

// Off returns how far the clock was ahead of the true time.
func (r *Reading) Off() time.Duration { return r.Shown.Sub(r.True) }

// A ClockJudge judges the readings of one client, in order: FreeRunning before
// the first exchange, then Monotonic, SlewLimit and ErrorBound.
type ClockJudge struct {
	Slew  float64 // s
	Drift float64 // r

	last Reading
	seen bool
}

// Observe judges the next reading.
func (j *ClockJudge) Observe(r Reading) error {
	last, first := j.last, !j.seen
	j.last, j.seen = r, true
	fresh := !r.Set && !r.Syncing
	if fresh {
		if off := r.Shown.Sub(r.Hardware); off.Abs() > grain {
			return broken(FreeRunning, "before its first Sync client %d showed %s, and its hardware clock %s",
				r.Client, clock(r.Shown), clock(r.Hardware))
		}
	}
	if !first {
		if err := j.rate(&last, &r); err != nil {
			return err
		}
	}
	if r.Bound == clocksapi.UnknownError && !r.Set {
		return nil
	}
	if fresh {
		return broken(ErrorBound, "before its first Sync client %d stated a bound of %v; nothing is known then: clocksapi.UnknownError",
			r.Client, r.Bound)
	}
	// Whether r is a part of the true time or of what the clock showed makes a
	// difference of r², which is nobody's fault.
	if off := r.Off(); off.Abs()-portion(2*j.Drift, off)-grain > r.Bound {
		return broken(ErrorBound, "client %d was %v %s the true time and stated a bound of %v",
			r.Client, off.Abs(), direction(off), r.Bound)
	}
	return nil
}

// rate judges how the clock moved from one reading to the next.
func (j *ClockJudge) rate(last, r *Reading) error {
	moved, passed := r.Shown.Sub(last.Shown), r.Hardware.Sub(last.Hardware)
	if moved < 0 {
		return broken(Monotonic, "the clock of client %d went back by %v, from %s to %s",
			r.Client, -moved, clock(last.Shown), clock(r.Shown))
	}
	if gain := moved - passed; gain.Abs() > portion(j.Slew, passed)+grain {
		return broken(SlewLimit, "the clock of client %d moved by %v while its hardware moved by %v; a slew of %g allows %v more or less",
			r.Client, moved, passed, j.Slew, portion(j.Slew, passed))
	}
	return nil
}

// A SkewJudge judges the readings of several clients at one instant: SkewBound.
type SkewJudge struct {
	MaxSkew time.Duration // δ

	Worst time.Duration // the largest skew so far
}

// Observe judges the readings of all clients at one instant.
func (j *SkewJudge) Observe(at []Reading) error {
	if len(at) == 0 {
		return nil
	}
	least, most := &at[0], &at[0]
	for i := range at {
		if at[i].Shown.Before(least.Shown) {
			least = &at[i]
		}
		if at[i].Shown.After(most.Shown) {
			most = &at[i]
		}
	}
	skew := most.Shown.Sub(least.Shown)
	j.Worst = max(j.Worst, skew)
	if skew > j.MaxSkew+grain {
		return broken(SkewBound, "client %d was %v ahead of client %d; δ is %v", most.Client, skew, least.Client, j.MaxSkew)
	}
	return nil
}

// An Exchange is what one Sync told, beside what the simulation knows.
type Exchange struct {
	Client   int
	Estimate clocksapi.Estimate
	OK       bool
	True     time.Time     // the true time when Sync returned
	Took     time.Duration // in true time
}

// JudgeExchange judges one exchange: LateReply and CristianBound.
func JudgeExchange(d clocksapi.Discipline, x Exchange) error {
	if !x.OK {
		return nil
	}
	spare := portion(2*d.Drift, x.Took) + grain // its own clock measured it
	if x.Took > d.MaxRTT+spare {
		return broken(LateReply, "client %d used an exchange that took %v; MaxRTT is %v", x.Client, x.Took, d.MaxRTT)
	}
	if off := x.Estimate.RTT - x.Took; off.Abs() > spare {
		return broken(CristianBound, "client %d measured a round trip of %v; it took %v", x.Client, x.Estimate.RTT, x.Took)
	}
	most := x.Took/2 - d.MinDelay + portion(2*d.Drift, x.Took) + grain
	off := x.Estimate.Time.Sub(x.True)
	if off.Abs() > most {
		return broken(CristianBound, "the estimate of client %d was %v %s the true time; a round trip of %v, of which each way takes %v at least, allows %v",
			x.Client, off.Abs(), direction(off), x.Took, d.MinDelay, most)
	}
	if off.Abs()-grain > x.Estimate.Error {
		return broken(CristianBound, "the estimate of client %d was %v %s the true time and stated an error of %v",
			x.Client, off.Abs(), direction(off), x.Estimate.Error)
	}
	if x.Estimate.Error > most {
		return broken(CristianBound, "client %d stated an error of %v; a round trip of %v, of which each way takes %v at least, justifies %v",
			x.Client, x.Estimate.Error, x.Took, d.MinDelay, most)
	}
	return nil
}

// portion returns share of d, rounded up.
func portion(share float64, d time.Duration) time.Duration {
	return time.Duration(math.Ceil(share * float64(d.Abs())))
}

func direction(off time.Duration) string {
	if off < 0 {
		return "behind"
	}
	return "ahead of"
}

// clock writes a time for reading.
func clock(t time.Time) string {
	if t.IsZero() {
		return "the zero time"
	}
	return t.UTC().Format("15:04:05.000000")
}
