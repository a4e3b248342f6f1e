package toy

// Greet greets name, beginning with Greeting.
func Greet(name string) string {
	return Greeting + name
}
