package chordtest

// The rules of 3A, finding without structure.
const ()

// searchWhys say why each is one.
var searchWhys = map[string]string{}
