// Package broken does not compile.
package broken

// Answer is not a number.
func Answer() int { return "42" }
