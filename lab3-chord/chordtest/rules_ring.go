package chordtest

// The rules of 3C and 3D, the ring.
const ()

// ringWhys say why each is one.
var ringWhys = map[string]string{}
