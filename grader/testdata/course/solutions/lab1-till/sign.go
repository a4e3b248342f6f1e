package till

import toy "toycourse/lab0-toy"

// Sign returns the sign over the door: a greeting of the customer.
func Sign(customer string) string {
	return toy.Greet(customer)
}
