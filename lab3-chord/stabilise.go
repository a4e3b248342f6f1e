package chord

// Stabilise makes one round of what keeps the ring a ring, and returns when it
// is done. A node that is in a ring and whose options say so makes one every
// options.Stabilise on average, and after it checks its predecessor and fixes
// its fingers; how long it pauses is up to chance (env.Rand), so that nodes do
// not act in step.
//
// The node asks its first successor for its neighbours (Chord.Neighbours). One
// that does not answer, or is in no ring, is struck off the list, and the next
// is asked. If the successor's predecessor is between this node and the
// successor, and answers, it is the first successor from now on. The list is
// then the first successor, followed by that one's list, as many as fit. Last
// of all the node notifies its first successor (Chord.Notify).
//
// Should no successor be left, the nearest finger that answers is the first,
// and without any the node is alone. (Stoica et al. 2001, Figure 7 and section
// 5.1)
func (c *Chord) Stabilise() {
	// Your code here (3D).
}

// CheckPredecessor asks the predecessor whether it is there (Chord.Ping), and
// forgets it if it does not answer or is in no ring.
func (c *Chord) CheckPredecessor() {
	// Your code here (3D).
}
