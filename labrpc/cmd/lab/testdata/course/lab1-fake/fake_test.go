package fake_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	fake "course/lab1-fake"
)

func TestPasses1A(t *testing.T) {
	record(t, "end", nil, note{"LeakedGoroutines", "1 goroutine of node 0 still waits at fake.go:29"})
}

func TestBreaksARule1A(t *testing.T) {
	record(t, "end", &failure{
		Cause: "violation", Rule: "ClockCondition", Text: "node 0 was at 3 and then at 2", At: 310_000_000,
		Why: "A clock never goes back. (handout \"Clocks\")", Detail: []string{"event 2 is the first to show it"},
	})
}

func TestAsserts1A(t *testing.T) {
	t.Log("a word before")
	t.Errorf("got %d, want %d", 1, 2)
}

func TestPanics1B(t *testing.T) {
	new(fake.Table).PutLater("word")
	time.Sleep(time.Minute)
}

func TestRaces1B(t *testing.T) {
	table := new(fake.Table)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { table.Remember("word") })
	}
	both.Wait()
}

func TestStalls1C(t *testing.T) {
	record(t, "end", &failure{Cause: "stalled", Rule: "StoppedClock", Text: "virtual time stopped at 0.310s", At: 310_000_000})
}

func TestHangs1C(t *testing.T) {
	new(fake.Table).Wait()
}

func TestExits1C(t *testing.T) {
	os.Exit(3)
}

// Every fifth seed fails.
func TestSometimes1D(t *testing.T) {
	if *seed%5 == 0 {
		record(t, "end", &failure{Cause: "violation", Rule: "TotalOrder", Text: "a word came twice"})
		return
	}
	record(t, "end", nil)
}

// The first process that runs this leaves a mark and is not like the others.
func TestDiverges1E(t *testing.T) {
	f, err := os.OpenFile(filepath.Join("..", "out", "mark"), os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		record(t, "other", nil)
		return
	}
	f.Close()
	record(t, "end", &failure{Cause: "violation", Rule: "TotalOrder", Text: "a word came twice"})
}

func TestSubtests1F(t *testing.T) {
	t.Run("good", func(t *testing.T) { record(t, "good", nil) })
	t.Run("bad", func(t *testing.T) {
		record(t, "bad", &failure{Cause: "violation", Rule: "TotalOrder", Text: "a word came twice"})
	})
}
