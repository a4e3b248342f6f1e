package kvtest

import (
	"fmt"
	"strings"

	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc/linear"
	"distlabs/labrpc/simtest"
)

type history = linear.History[kvapi.Value, kvapi.Command, kvapi.Result]

func newHistory(w *simtest.World) *history {
	h := linear.NewHistory(key, w.Now)
	h.Watch(w)
	return h
}

// key says what one key does. Every answer is compared whole: presence, version
// and value.
var key = linear.Model[kvapi.Value, kvapi.Command, kvapi.Result]{
	Step:  execute,
	Input: kvapi.Command.String,
	Output: func(c kvapi.Command, r kvapi.Result) string {
		switch c.Op {
		case kvapi.Get:
			return held(kvapi.Value{Value: r.Value, Version: r.Version})
		case kvapi.CompareAndSwap:
			return fmt.Sprintf("%t (version %d)", r.OK, r.Version)
		case kvapi.Delete:
			return fmt.Sprint(r.OK)
		}
		return fmt.Sprintf("version %d", r.Version)
	},
	State: held,
}

func held(v kvapi.Value) string {
	if v.Version == 0 {
		return "nothing"
	}
	return fmt.Sprintf("%q (version %d)", shortened(v.Value), v.Version)
}

// shortened keeps the end of a long value, where appends show.
func shortened(value string) string {
	const most = 24
	if len(value) > most {
		return "…" + value[len(value)-most:]
	}
	return value
}

// tokenEnd ends the tokens that clients append, of which each is unique.
const tokenEnd = ";"

// repeated returns a token that stands in a value twice.
func repeated(value string) (token string, ok bool) {
	seen := make(map[string]bool)
	for t := range strings.SplitSeq(value, tokenEnd) {
		if t != "" && seen[t] {
			return t, true
		}
		seen[t] = true
	}
	return "", false
}
