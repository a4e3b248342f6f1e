package linear_test

import (
	"fmt"
	"time"

	"distlabs/labrpc/linear"
)

// A command is what a client asks of a key of a store.
type command struct {
	op      string // "Get", "Put", "Append", "CompareAndSwap", "Delete"
	key     string
	value   string
	version int64 // that CompareAndSwap expects
}

// A result is what comes back: the value of a Get, the version that there is
// now, and whether the command was carried out.
type result struct {
	value   string
	version int64
	ok      bool
}

// A held is the state of a key. Version 0 says that the key is not there.
type held struct {
	value   string
	version int64
}

// kv is the model of a key. Each change makes a version of its own.
var kv = linear.Model[held, command, result]{
	Step: func(s held, c command) (held, result) {
		switch c.op {
		case "Get":
			return s, result{s.value, s.version, s.version > 0}
		case "Put":
			s = held{c.value, s.version + 1}
		case "Append":
			s = held{s.value + c.value, s.version + 1}
		case "CompareAndSwap":
			if s.version != c.version {
				return s, result{version: s.version}
			}
			s = held{c.value, s.version + 1}
		case "Delete":
			return held{}, result{ok: s.version > 0}
		}
		return s, result{version: s.version, ok: true}
	},
	Input: func(c command) string {
		switch c.op {
		case "Get", "Delete":
			return fmt.Sprintf("%s(%s)", c.op, c.key)
		case "CompareAndSwap":
			return fmt.Sprintf("%s(%s, version %d, %s)", c.op, c.key, c.version, c.value)
		}
		return fmt.Sprintf("%s(%s, %s)", c.op, c.key, c.value)
	},
	Output: func(c command, r result) string {
		switch {
		case c.op == "CompareAndSwap" && !r.ok:
			return fmt.Sprintf("no, version %d", r.version)
		case c.op == "Delete":
			return map[bool]string{true: "done", false: "not there"}[r.ok]
		case !r.ok:
			return "not there"
		case c.op == "Get":
			return fmt.Sprintf("%q (version %d)", r.value, r.version)
		}
		return fmt.Sprintf("version %d", r.version)
	},
	State: func(s held) string {
		if s.version == 0 {
			return "not there"
		}
		return fmt.Sprintf("%q (version %d)", s.value, s.version)
	},
}

type history = linear.History[held, command, result]

// A scene is a history that a test writes down, a moment a millisecond.
type scene struct {
	*history
	at  time.Duration
	ops map[int]linear.Op[held, command, result]
}

func newScene() *scene {
	s := &scene{ops: make(map[int]linear.Op[held, command, result])}
	s.history = linear.NewHistory(kv, func() time.Duration { return s.at })
	return s
}

// begin lets a client call.
func (s *scene) begin(client int, c command) {
	s.at += time.Millisecond
	s.ops[client] = s.Client(client).Begin(c.key, c)
}

// end lets its call return.
func (s *scene) end(client int, r result) {
	s.at += time.Millisecond
	s.ops[client].End(r)
}

// do is a call that returns at once.
func (s *scene) do(client int, c command, r result) {
	s.begin(client, c)
	s.end(client, r)
}

func getX() command                         { return command{op: "Get", key: "x"} }
func putX(v string) command                 { return command{op: "Put", key: "x", value: v} }
func appendX(v string) command              { return command{op: "Append", key: "x", value: v} }
func deleteX() command                      { return command{op: "Delete", key: "x"} }
func swapX(version int64, v string) command { return command{"CompareAndSwap", "x", v, version} }

func is(value string, version int64) result { return result{value, version, true} }
func made(version int64) result             { return result{version: version, ok: true} }
func refused(version int64) result          { return result{version: version} }

var absent = result{}
