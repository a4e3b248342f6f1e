//go:build !race

package simtest

func races() int { return 0 }
