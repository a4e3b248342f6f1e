package toy

import "sync"

// A Counter counts. It may be used by several goroutines at once.
type Counter struct {
	mu sync.Mutex
	// mu guards:
	sum int
}

// NewCounter returns a Counter that stands at 0.
func NewCounter() *Counter {
	return &Counter{}
}

// Add adds n.
func (c *Counter) Add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sum += n
}

// Value returns the sum of what was added.
func (c *Counter) Value() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sum
}
