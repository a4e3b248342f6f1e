package labrpc

import (
	"fmt"
	"math/bits"
	"time"
)

// A Delay is a distribution of delays. The zero Delay is none.
//
// A draw uses whole numbers only, so that a seed means the same on every kind
// of processor.
type Delay struct {
	Min, Max time.Duration // what is drawn is never outside

	shape        shape
	mean, spread time.Duration // unless the shape is uniform
}

type shape uint8

const (
	uniform shape = iota
	normal
	exponential
)

// Fixed is always d.
func Fixed(d time.Duration) Delay { return Delay{Min: d, Max: d} }

// Uniform is between min and max, each nanosecond as likely as another.
func Uniform(min, max time.Duration) Delay { return Delay{Min: min, Max: max} }

// Normal is the normal distribution, with what lies below 0 or above
// mean+10·stddev put there. So where stddev is not small beside mean, the mean
// of what is drawn is larger, and its deviation smaller.
func Normal(mean, stddev time.Duration) Delay {
	return Delay{Min: max(0, mean-tails*stddev), Max: max(0, mean+tails*stddev), shape: normal, mean: mean, spread: stddev}
}

// Exponential is the exponential distribution, with what lies above 20·mean
// put there: one in 500 million.
func Exponential(mean time.Duration) Delay {
	return Delay{Max: longest * mean, shape: exponential, mean: mean}
}

const (
	tails   = 10 // standard deviations at most
	longest = 20 // means at most
)

func (d Delay) String() string {
	switch {
	case d.shape == normal:
		return fmt.Sprintf("%v ± %v", d.mean, d.spread)
	case d.shape == exponential:
		return fmt.Sprintf("exponential, %v on average", d.mean)
	case d.Min == d.Max:
		return d.Min.String()
	}
	return fmt.Sprintf("%v–%v", d.Min, d.Max)
}

func (d Delay) draw(c *chance) time.Duration {
	switch {
	case d.Max <= d.Min:
		return d.Min
	case d.shape == normal:
		z, negative := c.normal()
		by := z.times(d.spread)
		if negative {
			by = -by
		}
		return min(max(d.mean+by, d.Min), d.Max)
	case d.shape == exponential:
		return c.exponential().times(d.mean)
	}
	return d.Min + time.Duration(c.below(uint64(d.Max-d.Min)+1))
}

// fixed is a number that is not negative, in units of 2⁻³².
type fixed uint64

const one fixed = 1 << 32

// times returns f·d, of a d that is not negative and a product that fits.
func (f fixed) times(d time.Duration) time.Duration {
	hi, lo := bits.Mul64(uint64(f), uint64(d))
	return time.Duration(hi<<32 | lo>>32)
}

// exponential draws from the exponential distribution with mean 1, at most
// longest.
//
// It compares uniform numbers and needs no logarithm (J. von Neumann, Various
// techniques used in connection with random digits, 1951). The first of a
// falling run, where the run's length is odd, has the density e⁻ˣ/(1-1/e) on
// [0, 1); each run of even length before it adds one.
func (c *chance) exponential() fixed {
	for whole := fixed(0); whole < longest; whole++ {
		first := c.next()
		length := 1
		for last := first; ; length++ {
			u := c.next()
			if u >= last {
				break
			}
			last = u
		}
		if length%2 == 1 {
			return whole*one + fixed(first>>32)
		}
	}
	return longest * one
}

// normal draws from the standard normal distribution: its size, at most tails,
// and whether it is negative.
//
// x, exponential, is kept with probability e^(-(x-1)²/2), which is that of an
// exponential number being at least (x-1)²/2 (von Neumann, ibid.).
func (c *chance) normal() (size fixed, negative bool) {
	for {
		x, y := c.exponential(), c.exponential()
		off := x - one
		if x < one {
			off = one - x
		}
		hi, lo := bits.Mul64(uint64(off), uint64(off)) // off² in units of 2⁻⁶⁴
		if y >= fixed(hi<<31|lo>>33) && x <= tails*one {
			return x, c.next()&1 == 1
		}
	}
}
