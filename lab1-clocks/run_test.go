package clocks_test

import (
	"testing"

	clocks "distlabs/lab1-clocks"
	"distlabs/lab1-clocks/clocksapi"
	"distlabs/lab1-clocks/clockstest"
)

func runSite(t *testing.T, o clockstest.Physical, body func(s *clockstest.Site)) {
	t.Helper()
	clockstest.RunPhysical(t, clocks.NewTimeServer, clocks.NewClient, o, body)
}

func runGroup(t *testing.T, o clockstest.Averaging, body func(g *clockstest.Group)) {
	t.Helper()
	clockstest.RunAveraging(t, clocks.NewMachine, clocks.NewAverager, o, body)
}

func runLamport(t *testing.T, o clockstest.Processes, body func(c *clockstest.Cast[clocksapi.Stamp])) {
	t.Helper()
	clockstest.RunLamport(t, clocks.NewLamportClock, o, body)
}

func runVector(t *testing.T, o clockstest.Processes, body func(c *clockstest.Cast[clocksapi.Vector])) {
	t.Helper()
	clockstest.RunVector(t, clocks.NewVectorClock, o, body)
}
