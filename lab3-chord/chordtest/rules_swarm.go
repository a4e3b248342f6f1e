package chordtest

// The rules of 3B, the swarm.
const ()

// swarmWhys say why each is one.
var swarmWhys = map[string]string{}
