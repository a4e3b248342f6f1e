package attest

import (
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A Statement is what a process said of itself.
type Statement struct {
	Started bool     // the key was read
	Records [][]byte // what each run came to, as JSON
	Ended   bool     // all tests came to their end
	Status  int      // if Ended: with which the process was about to exit
}

// ErrForged says that what came over the descriptor was not written by this
// package alone.
var ErrForged = errors.New("the statement is not one that the harness makes")

// maxMessage bounds a message, in bytes.
const maxMessage = 8 << 20

// Read reads a statement to its end. A statement that is cut short is what was
// said before: the process died. The error is ErrForged, or one of reading.
func Read(from io.Reader, key []byte) (Statement, error) {
	var s Statement
	for count := uint64(0); ; count++ {
		head := make([]byte, 5)
		if _, err := io.ReadFull(from, head); err != nil {
			return s, cutShort(err)
		}
		length := binary.BigEndian.Uint32(head[1:])
		if length > maxMessage {
			return s, fmt.Errorf("%w: a message of %d bytes", ErrForged, length)
		}
		rest := make([]byte, int(length)+sumLength)
		if _, err := io.ReadFull(from, rest); err != nil {
			return s, cutShort(err)
		}
		body, code := rest[:length], rest[length:]
		if !hmac.Equal(code, sum(key, count, head, body)) {
			return s, fmt.Errorf("%w: message %d has a wrong code", ErrForged, count)
		}
		switch kind := head[0]; {
		case kind == started && count == 0:
			s.Started = true
		case kind == recorded && s.Started && !s.Ended:
			s.Records = append(s.Records, body)
		case kind == ended && s.Started && !s.Ended && length == 1:
			s.Ended, s.Status = true, int(body[0])
		default:
			return s, fmt.Errorf("%w: message %d is out of place", ErrForged, count)
		}
	}
}

// cutShort makes the end of a statement no error.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}
