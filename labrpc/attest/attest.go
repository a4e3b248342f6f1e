// Package attest hands what a test process came to, to the grader that
// started it, over a descriptor of its own, and not over stdout or a file that
// anybody may write.
//
// The grader gives the process two pipes: one to read a key from, one to write
// its statement to. The key is read, and its pipe is closed, when this package
// begins, which is before any package that imports labrpc begins. Each message
// of the statement carries its number and a code made with the key, so that
// none can be forged, repeated, left out or put in another order by who lacks
// the key. The last one says that all tests have ended, and how.
//
// A submission runs in the same process. Whoever may read any memory of the
// process, or call any function in it, can read the key or call Record: unsafe,
// go:linkname, cgo, assembly and /proc/self/mem lead there. So a statement is
// worth what the vetting of imports and directives is worth, and the sandbox's
// made-up /proc. What it gives by itself: nothing that is printed, written to
// the descriptor or left in a file makes a pass, and a process that ends early,
// with whatever status, has said nothing.
//
// In a process that no grader started all of this does nothing.
package attest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// Variable is the environment variable that says that there is a grader: its
// value is "on", its pipes are the descriptors 3, for the statement, and 4, for
// the key. It is taken out of the environment when it is read.
const Variable = "SIM_ATTEST"

// KeyLength is the length of a key, in bytes.
const KeyLength = 32

// The kinds of messages, in the order in which they come.
const (
	started  = 's' // the key was read
	recorded = 'r' // the result of a run, as JSON
	ended    = 'e' // all tests have ended; one byte, the exit status
)

const sumLength = sha256.Size

// speaker is the process's own, nil where no grader listens.
var speaker = open()

// A writer writes one statement.
type writer struct {
	mu sync.Mutex
	// mu guards:
	to    io.Writer
	key   []byte
	count uint64
	done  bool
}

// open reads the key. A key that cannot be read ends the process: it would
// not be believed anyway.
func open() *writer {
	if os.Getenv(Variable) != "on" {
		return nil
	}
	os.Unsetenv(Variable)
	from := os.NewFile(4, "the grader's key")
	key := make([]byte, KeyLength)
	_, err := io.ReadFull(from, key)
	from.Close()
	w := &writer{to: os.NewFile(3, "the grader's statement"), key: key}
	keepFromChildren(3)
	if err == nil {
		err = w.say(started, nil)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "attest: no grader at descriptors 3 and 4: %v\n", err)
		os.Exit(exitBroken)
	}
	return w
}

// exitBroken is the exit status of a process that cannot make a statement.
const exitBroken = 70

// Record hands over the result of a run.
func Record(result []byte) error {
	if speaker == nil {
		return nil
	}
	return speaker.say(recorded, result)
}

// End says that all tests have ended, and that the process is about to exit
// with this status. It is the last message; a second one is an error.
func End(status int) error {
	if speaker == nil {
		return nil
	}
	return speaker.say(ended, []byte{byte(status)})
}

// say writes a message: kind, length, body, code.
func (w *writer) say(kind byte, body []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done {
		return errors.New("attest: the statement has ended")
	}
	w.done = kind == ended
	head := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(body)))
	message := append(append(head, body...), sum(w.key, w.count, head, body)...)
	w.count++
	if _, err := w.to.Write(message); err != nil {
		return fmt.Errorf("attest: %w", err)
	}
	return nil
}

// sum is the code of the message of that number.
func sum(key []byte, count uint64, head, body []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(binary.BigEndian.AppendUint64(nil, count))
	h.Write(head)
	h.Write(body)
	return h.Sum(nil)
}
