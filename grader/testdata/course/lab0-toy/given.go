// Package toy is the smallest lab that the grader can grade: its own tests
// grade it.
package toy

// Greeting is what Greet begins with. This file is given.
const Greeting = "hello, "
