package toy

// Greet greets name, beginning with Greeting.
func Greet(name string) string {
	// Your code here (0B).
	return ""
}
