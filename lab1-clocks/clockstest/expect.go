package clockstest

import (
	"time"

	"distlabs/lab1-clocks/clocksapi"
)

// Settle waits until the correction of the latest exchange, which told
// estimate, is worked off, and looks whether the clock is then as right as it
// can be, and its bound no larger than need be.
func (c *Client) Settle(estimate clocksapi.Estimate) {
	s := c.site
	s.Sleep(max(0, c.settledAt-s.Now()))
	drifted := portion((1+2*s.Discipline.Drift)*s.Discipline.Drift, s.Now()-c.received)
	s.Look()
	if off := c.clock.Now().Sub(s.True()); off.Abs() > estimate.Error+drifted+grain {
		s.verdict(broken(Synchronises, "client %d was still %v %s the true time when its correction should have been worked off",
			c.number, off.Abs(), direction(off)))
	}
	if b := c.clock.Bound(); b > estimate.Error+drifted+grain {
		s.verdict(broken(ErrorBound, "client %d stated a bound of %v when its correction was worked off; the estimate's error of %v and the drift since justify %v",
			c.number, b, estimate.Error, estimate.Error+drifted))
	}
}

// ExpectInterval ends the run with a breach of ResyncWhenDue unless an
// interval is what it should be. what says of what.
func (s *Site) ExpectInterval(what string, got, want time.Duration) {
	if (got - want).Abs() > grain {
		s.verdict(broken(ResyncWhenDue, "%s is %v; it should be %v", what, got, want))
	}
}

// ExpectDue ends the run with a breach of ResyncWhenDue unless the client's
// Interval is right after the exchange that told estimate.
func (c *Client) ExpectDue(estimate clocksapi.Estimate) {
	d := c.site.Discipline
	due := time.Duration(float64(d.MaxSkew-2*estimate.Error) / (2 * d.Drift))
	wait := c.clock.Interval()
	latest := time.Duration(float64(wait)/(1-d.Drift)) + d.MaxRTT // a slow clock, and a slow exchange
	if latest > due+grain {
		c.site.verdict(broken(ResyncWhenDue, "client %d would wait %v by its clock; if that is slow by %g and the exchange takes MaxRTT, the next reply comes %v after the last, and is due after %v",
			c.number, wait, d.Drift, latest, due))
	}
	if latest < due-portion(3*d.Drift, due)-2*d.MaxRTT {
		c.site.verdict(broken(ResyncWhenDue, "client %d would wait %v by its clock, so that the next reply comes within %v; it is due only after %v",
			c.number, wait, latest, due))
	}
}

// ExpectSkewAbove ends the run with a breach of ResyncWhenDue unless clients
// that were allowed too much differed by more than least.
func (s *Site) ExpectSkewAbove(least time.Duration, kept Kept) {
	if kept.Skew <= least {
		s.verdict(broken(ResyncWhenDue, "the clients may differ by %v and never differed by more than %v: they synchronise oftener than they need, %d times in %v",
			s.Discipline.MaxSkew, kept.Skew, kept.Syncs, s.Now()))
	}
}

// ExpectEstimate ends the run with a breach of CristianBound unless the
// estimate is off the true time by just off, as an exchange with that round
// trip is whose delay was all on one way.
func (c *Client) ExpectEstimate(estimate clocksapi.Estimate, off time.Duration) {
	if got := estimate.Time.Sub(c.site.True()); (got - off).Abs() > portion(c.site.Discipline.Drift, estimate.RTT)+grain {
		c.site.verdict(broken(CristianBound, "of a round trip of %v all but the least delay was one way, so an estimate in the middle is %v %s the true time; that of client %d was %v %s",
			estimate.RTT, off.Abs(), direction(off), c.number, got.Abs(), direction(got)))
	}
}
