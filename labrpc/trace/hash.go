package trace

// hashSeed begins every run's hash; any odd constant would do.
const hashSeed = 0x9e3779b97f4a7c15

// mix takes one word into h. For a given word it is a bijection of h, so two
// runs that differ never meet again except by two differences that cancel.
func mix(h, w uint64) uint64 {
	h = (h ^ w) * 0xbf58476d1ce4e5b9
	return h ^ h>>32
}

// finish spreads the last words over all bits (the end of splitmix64).
func finish(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// mixString takes s into h by words of eight bytes, after its length.
func mixString(h uint64, s string) uint64 {
	h = mix(h, uint64(len(s)))
	for len(s) >= 8 {
		h = mix(h, uint64(s[0])|uint64(s[1])<<8|uint64(s[2])<<16|uint64(s[3])<<24|
			uint64(s[4])<<32|uint64(s[5])<<40|uint64(s[6])<<48|uint64(s[7])<<56)
		s = s[8:]
	}
	if len(s) == 0 {
		return h
	}
	var w uint64
	for i := range len(s) {
		w |= uint64(s[i]) << (8 * i)
	}
	return mix(h, w)
}

// hashEvent takes e into h: what a replay must repeat. Causes follow from the
// order, and Bytes may be counted lazily, so neither is in it.
func hashEvent(h uint64, e *Event) uint64 {
	var reply uint64
	if e.Reply {
		reply = 1
	}
	h = mix(h, uint64(e.At))
	h = mixString(h, string(e.Kind))
	h = mix(h, uint64(e.Node))
	h = mix(h, uint64(e.Life))
	h = mix(h, uint64(e.From))
	h = mix(h, uint64(e.To))
	h = mix(h, uint64(e.Call)<<1|reply)
	h = mix(h, uint64(e.N))
	h = mixString(h, e.Method)
	h = mixString(h, e.Key)
	h = mixString(h, e.Value)
	h = mixString(h, e.Text)
	if p, ok := e.Payload.(interface{ Hash() uint64 }); ok {
		h = mix(h, p.Hash())
	}
	return h
}
