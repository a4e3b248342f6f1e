package linear

import (
	"hash/maphash"

	"github.com/anishathalye/porcupine"
)

// porcupine asks porcupine whether calls fit an order, which it gives up after
// a share of what is left, or when it has taken several steps a call.
//
// Porcupine's own limit is a timer. In a bubble that would never ring, as time
// stands still while it computes, and elsewhere the answer would depend on the
// machine. So it has none: once it has had its share, no step is right any
// more, and it soon comes to an end.
func (o *object[S, I, O]) porcupine(calls []*record[I, O], left *int) porcupine.CheckResult {
	// It remembers each case that it has tried, with a bit for each call.
	const memory = 128 << 20
	share := min(10*len(calls)+min(*left, 50_000), memory/(200+len(calls)/8))
	mine := share
	model := o.forPorcupine(o.model.Init, forEver, &mine)
	result := porcupine.CheckOperationsTimeout(model, operations(calls), 0)
	*left -= share - max(0, mine)
	if mine < 0 && result == porcupine.Illegal {
		result = porcupine.Unknown
	}
	return result
}

// forPorcupine returns the model in porcupine's form: what returns after by is
// open. Once left is spent all steps are wrong.
func (o *object[S, I, O]) forPorcupine(init S, by int64, left *int) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return init },
		Hash: func(state any) uint64 { return maphash.Comparable(seed, state.(S)) },
		Step: func(state, in, _ any) (bool, any) {
			if *left--; *left < 0 {
				return false, state
			}
			r := in.(*record[I, O])
			next, out := o.model.Step(state.(S), r.in)
			return r.open(by) || out == r.out, next
		},
	}
}

// seed is of hashes, which nothing but time depends on.
var seed = maphash.MakeSeed()

// operations returns calls in porcupine's form. Those that are open return when
// all is over.
func operations[I, O any](calls []*record[I, O]) []porcupine.Operation {
	ops := make([]porcupine.Operation, len(calls))
	for i, r := range calls {
		ops[i] = porcupine.Operation{ClientId: r.client, Input: r, Call: r.call, Return: r.ret}
		if r.open(forEver) {
			ops[i].Return = forEver
		}
	}
	return ops
}
