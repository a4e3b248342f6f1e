package clockstest

import "distlabs/lab1-clocks/clocksapi"

// JudgeLess holds less against a history: it must be one order of all events,
// by time and then by process, that agrees with what happened before:
// TotalOrder.
func JudgeLess(h *History[clocksapi.Stamp], less func(a, b clocksapi.Stamp) bool) error {
	for i, a := range h.Events {
		for k, b := range h.Events {
			if i == k {
				if less(a.Stamp, a.Stamp) {
					return broken(TotalOrder, "Less(%v, %v) is true: no event comes before itself", a.Stamp, a.Stamp)
				}
				continue
			}
			want := a.Stamp.Time < b.Stamp.Time || a.Stamp.Time == b.Stamp.Time && a.Stamp.Process < b.Stamp.Process
			if got := less(a.Stamp, b.Stamp); got != want {
				return broken(TotalOrder, "Less(%v, %v) is %t; by time and then by process it is %t", a.Stamp, b.Stamp, got, want)
			}
			if h.HappensBefore(i, k) && !less(a.Stamp, b.Stamp) {
				return broken(TotalOrder, "%v, happened before %v, but Less says otherwise", a, b)
			}
		}
	}
	return nil
}

// JudgeCompare holds compare against a history: it must say of any two events
// how they lie to each other: CompareExactly.
func JudgeCompare(h *History[clocksapi.Vector], compare func(a, b clocksapi.Vector) clocksapi.Order) error {
	for i, a := range h.Events {
		for k, b := range h.Events {
			want := clocksapi.Equal
			switch {
			case h.HappensBefore(i, k):
				want = clocksapi.Before
			case h.HappensBefore(k, i):
				want = clocksapi.After
			case i != k:
				want = clocksapi.Concurrent
			}
			if got := compare(a.Stamp, b.Stamp); got != want {
				return broken(CompareExactly, "Compare(%v, %v) is %v; the history says %v", a.Stamp, b.Stamp, got, want)
			}
		}
	}
	return nil
}

// Miscounted is the breach of EveryEventCounts by a process of which so many
// events happened at once, where the count that one of them should have was
// taken by none.
func Miscounted(events int, want, got uint64) error {
	return broken(EveryEventCounts, "%d events of a process happened at once; none was stamped with its number %d (the next is %d)", events, want, got)
}
