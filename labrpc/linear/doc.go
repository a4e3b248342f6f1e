// Package linear says whether what clients saw of a service could have come
// from one machine that does one call after another: whether their history is
// linearizable.
//
// A test gives each client's calls to a [History], as they begin and as they
// return, and has it watch the run:
//
//	h := linear.NewHistory(model, w.Now)
//	h.Watch(w)
//	…
//	client := h.Client(3) // for all of its calls
//	op := client.Begin("x", command)
//	op.End(clerk.Do(command))
//
// A [Model] says what one object does, a key of a store. Objects are checked
// each for itself, which is as strict and much quicker (Herlihy and Wing: the
// property is local).
//
// A call that never returns may have happened or not. So a history of a
// service that stands still is legal: that clients are served is for the test
// to demand.
//
// The answer is [Legal], [Illegal] or [Unknown], and unknown is not legal.
// Whether a history fits an order is found out by porcupine, and once more by a
// search of our own that can say where it stops fitting.
package linear
