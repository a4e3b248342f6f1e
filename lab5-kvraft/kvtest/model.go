package kvtest

import (
	"fmt"

	"distlabs/lab5-kvraft/kvapi"
)

// A Model is what keys hold when commands are executed as package kvapi says,
// one after the other.
type Model map[string]kvapi.Value

// Execute executes a command.
func (m Model) Execute(c kvapi.Command) kvapi.Result {
	now, r := execute(m[c.Key], c)
	if now.Version == 0 {
		delete(m, c.Key)
	} else {
		m[c.Key] = now
	}
	return r
}

// execute executes a command on what its key holds.
func execute(old kvapi.Value, c kvapi.Command) (now kvapi.Value, r kvapi.Result) {
	now = kvapi.Value{Value: c.Value, Version: old.Version + 1}
	switch c.Op {
	case kvapi.Get:
		return old, kvapi.Result{OK: old.Version > 0, Version: old.Version, Value: old.Value}
	case kvapi.Delete:
		return kvapi.Value{}, kvapi.Result{OK: old.Version > 0}
	case kvapi.Append:
		now.Value = old.Value + c.Value
	case kvapi.CompareAndSwap:
		if c.Version != old.Version {
			return old, kvapi.Result{Version: old.Version}
		}
	}
	return now, kvapi.Result{OK: true, Version: now.Version}
}

// AnyCommand returns a command on one of five keys. A swap is as often of the
// right version as not.
func (s *Stage) AnyCommand(m Model) kvapi.Command {
	key := string(rune('v' + s.Rand().IntN(5)))
	value := fmt.Sprint(s.Rand().IntN(100))
	switch s.Rand().IntN(6) {
	case 0:
		return Get(key)
	case 1:
		return Put(key, value)
	case 2:
		return Delete(key)
	case 3:
		return Swap(key, m[key].Version+s.Rand().Int64N(2), value)
	}
	return Append(key, value)
}
