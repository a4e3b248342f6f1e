package attest

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

var key = bytes.Repeat([]byte{7}, KeyLength)

// said returns the messages that a process writes which passes one test.
func said(t *testing.T) (messages [][]byte) {
	t.Helper()
	var to bytes.Buffer
	w := &writer{to: &to, key: key}
	for _, m := range []struct {
		kind byte
		body string
	}{{started, ""}, {recorded, `{"passed":true}`}, {ended, "\x00"}} {
		to.Reset()
		require.NoError(t, w.say(m.kind, []byte(m.body)))
		messages = append(messages, slices.Clone(to.Bytes()))
	}
	require.ErrorContains(t, w.say(recorded, nil), "has ended")
	return messages
}

// What is said arrives, and what is cut off stays unsaid.
func TestStatement(t *testing.T) {
	m := said(t)
	s, err := Read(bytes.NewReader(slices.Concat(m...)), key)
	require.NoError(t, err)
	require.Equal(t, Statement{Started: true, Records: [][]byte{[]byte(`{"passed":true}`)}, Ended: true}, s)

	whole := slices.Concat(m...)
	for n := range whole {
		s, err := Read(bytes.NewReader(whole[:n]), key)
		require.NoError(t, err)
		require.False(t, s.Ended, "%d of %d bytes", n, len(whole))
	}
}

// Who has no key cannot make, repeat, leave out, change or move a message.
func TestForgeries(t *testing.T) {
	m := said(t)
	changed := slices.Concat(m...)
	changed[len(m[0])+10] ^= 1
	other := &writer{to: new(bytes.Buffer), key: bytes.Repeat([]byte{8}, KeyLength)}
	require.NoError(t, other.say(started, nil))
	for name, data := range map[string][]byte{
		"another key":     other.to.(*bytes.Buffer).Bytes(),
		"noise":           bytes.Repeat([]byte("PASS\n"), 20),
		"a long message":  {recorded, 0xff, 0xff, 0xff, 0xff},
		"repeated":        slices.Concat(m[0], m[1], m[1], m[2]),
		"left out":        slices.Concat(m[0], m[2]),
		"moved":           slices.Concat(m[1], m[0], m[2]),
		"changed":         changed,
		"after the end":   slices.Concat(m[0], m[1], m[2], m[1]),
		"without a start": slices.Concat(m[1], m[2]),
	} {
		s, err := Read(bytes.NewReader(data), key)
		require.ErrorIs(t, err, ErrForged, name)
		require.False(t, s.Ended && name != "after the end", name)
	}
}

// Without a grader nothing is said, and nothing fails.
func TestNoGrader(t *testing.T) {
	require.Nil(t, speaker)
	require.NoError(t, Record([]byte("{}")))
	require.NoError(t, End(0))
}
