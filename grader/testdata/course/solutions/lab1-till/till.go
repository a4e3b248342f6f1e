package till

import toy "toycourse/lab0-toy"

// A Till counts what is sold.
type Till struct{ sum *toy.Counter }

// New returns a Till that counts with c.
func New(c *toy.Counter) *Till {
	return &Till{sum: c}
}

// Sell sells something at a price.
func (t *Till) Sell(price int) {
	t.sum.Add(price)
}

// Sum returns what was taken in.
func (t *Till) Sum() int {
	return t.sum.Value()
}
