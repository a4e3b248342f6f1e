package trace

// kinds lists every kind of event, in the order in which a legend shows them.
var kinds = []Kind{Send, Deliver, Drop, Duplicate, Timeout, Crash, Restart, Partition,
	Save, Durable, Apply, LogLine, State, Refused, Note, Violation}

// known reports whether k is a kind of this schema.
func (k Kind) known() bool {
	for _, o := range kinds {
		if o == k {
			return true
		}
	}
	return false
}

// message reports whether events of kind k have the fields of a message.
func (k Kind) message() bool {
	switch k {
	case Send, Deliver, Drop, Duplicate, Timeout:
		return true
	}
	return false
}

// noticed reports whether an event of kind k is a step of its node, so that
// the node's next step follows from it. A lost message, what a past life
// tries, and a rule's verdict are not: the node goes on without knowing.
func (k Kind) noticed() bool {
	switch k {
	case Drop, Refused, Violation:
		return false
	}
	return true
}
