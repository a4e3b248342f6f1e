package broken_test

import (
	"testing"

	broken "course/lab2-broken"
)

func TestAnswer2A(t *testing.T) {
	if broken.Answer() != 42 {
		t.Error("it is 42")
	}
}
