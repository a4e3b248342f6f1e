package toy

// A Counter counts. It may be used by several goroutines at once.
type Counter struct{}

// NewCounter returns a Counter that stands at 0.
func NewCounter() *Counter {
	// Your code here (0A).
	return &Counter{}
}

// Add adds n.
func (c *Counter) Add(n int) {
	// Your code here (0A).
}

// Value returns the sum of what was added.
func (c *Counter) Value() int {
	// Your code here (0A).
	return 0
}
