// Command races hands messages between goroutines without any synchronisation
// that the race detector sees. Its argument says what else it does; the test
// that runs it knows whether the detector must report.
package main

import (
	"fmt"
	"math/big"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"

	"distlabs/labgob"
	"distlabs/labgob/wire"
)

type (
	vote  struct{ Term, Candidate int }
	entry struct {
		Term    int
		Command any
	}
	appendArgs struct {
		Term    int
		Entries []entry
		Leader  *string
		Data    []byte
		Tags    map[string][]string
		At      time.Time
		Big     *big.Int
		More    *appendArgs
	}
	op     struct{ Key, Value string }
	reduce struct {
		Term    int8
		Entries []struct{ Command any }
		Data    []byte
		Tags    map[string][]string
	}
)

// hidden runs f without telling the detector of its synchronisation.
func hidden(f func()) {
	runtime.RaceDisable()
	f()
	runtime.RaceEnable()
}

func values(i int) []any {
	leader := "node " + strconv.Itoa(i) // fmt would synchronise
	return []any{
		&vote{i, 2},
		&appendArgs{
			Term: i % 100, Leader: &leader, Data: []byte("some data"),
			Entries: []entry{{1, op{"a", leader}}, {2, &vote{1, i}}, {3, i}, {4, []string{"x"}}},
			Tags:    map[string][]string{"a": {"b", "c"}, leader: nil},
			At:      time.Unix(int64(i), 0).UTC(), // the local zone would synchronise
			Big:     big.NewInt(int64(i)),
			More:    &appendArgs{Term: 1},
		},
		map[int]string{1: "a", 2: "b", i: "c"},
		[]any{1, "two", op{}},
		i, leader, []byte(leader), [3]float32{1, 2},
	}
}

func targets() []any {
	return []any{new(vote), new(appendArgs), new(reduce), new(map[int]string), new([]any), new(int), new(string), new([]byte), new([3]float64)}
}

func clean() {
	const nodes = 8
	box := make(chan wire.Message, 10_000)
	var senders, receivers sync.WaitGroup
	for i := range nodes {
		senders.Add(1)
		go func() {
			defer hidden(senders.Done)
			for j := range 20 {
				for _, v := range values(i*100 + j) {
					m, err := wire.Marshal(v)
					if err != nil {
						fmt.Println(err)
						os.Exit(1)
					}
					hidden(func() { box <- m })
				}
			}
		}()
		receivers.Add(1)
		go func() {
			defer receivers.Done()
			for {
				var m wire.Message
				hidden(func() { m = <-box })
				if m.Type() == nil {
					return // the zero message ends it
				}
				hidden(func() { _, _, _ = m.Size(), m.Hash(), m.Type() })
				_, _, _, _ = m.Size(), m.Hash(), m.Type(), m.Text(200)
				got := 0
				for _, dst := range targets() {
					if m.Unmarshal(dst) == nil {
						got++
						// Another goroutine reads what arrived.
						done := make(chan string)
						go func() { done <- fmt.Sprintf("%+v", dst) }()
						<-done
					}
				}
				if got == 0 {
					fmt.Println("nobody could receive", m.Text(100))
					os.Exit(1)
				}
			}
		}()
	}
	hidden(senders.Wait)
	for range nodes {
		hidden(func() { box <- wire.Message{} })
	}
	receivers.Wait()
}

// args changes what is being sent.
func args() {
	v := &vote{1, 2}
	done := make(chan bool)
	go func() {
		v.Term = 2
		hidden(func() { done <- true })
	}()
	hidden(func() { <-done })
	if _, err := wire.Marshal(v); err != nil {
		fmt.Println(err)
	}
}

// sliceArgs changes the bytes that are being sent.
func sliceArgs() {
	v := &appendArgs{Data: []byte("abc")}
	done := make(chan bool)
	go func() {
		v.Data[1] = 'x'
		hidden(func() { done <- true })
	}()
	hidden(func() { <-done })
	if _, err := wire.Marshal(v); err != nil {
		fmt.Println(err)
	}
}

// reply reads what is being received.
func reply() {
	m, err := wire.Marshal(&vote{1, 2})
	if err != nil {
		fmt.Println(err)
	}
	v := new(vote)
	done := make(chan bool)
	go func() {
		if v.Term > 5 {
			fmt.Println("odd")
		}
		hidden(func() { done <- true })
	}()
	hidden(func() { <-done })
	if err := m.Unmarshal(v); err != nil {
		fmt.Println(err)
	}
}

var shared int

// bystander races on a variable, while both goroutines send and receive the
// same type, the one after the other.
func bystander() {
	send := func() {
		for _, v := range values(1) {
			m, err := wire.Marshal(v)
			if err != nil {
				fmt.Println(err)
			}
			for _, dst := range targets() {
				_ = m.Unmarshal(dst) // most do not fit
			}
			_, _ = m.Hash(), m.Text(100)
		}
	}
	done := make(chan bool)
	go func() {
		shared = 1
		send()
		hidden(func() { done <- true })
	}()
	hidden(func() { <-done })
	send()
	shared = 2
}

func main() {
	labgob.Register(op{})
	labgob.Register(&vote{})
	switch os.Args[1] {
	case "clean":
		clean()
	case "args":
		args()
	case "slice":
		sliceArgs()
	case "reply":
		reply()
	case "bystander cold":
		bystander()
	case "bystander warm":
		done := make(chan bool)
		go func() {
			for _, v := range values(1) {
				m, _ := wire.Marshal(v)
				for _, dst := range targets() {
					_ = m.Unmarshal(dst)
				}
			}
			hidden(func() { done <- true })
		}()
		hidden(func() { <-done })
		bystander()
	}
}
