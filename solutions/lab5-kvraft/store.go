package kvraft

import (
	"bytes"
	"maps"
	"slices"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labgob"
)

// A store is the state machine: keys, and for each client the last command that
// was executed and its result. Both are made by the log alone, so that all
// servers have the same. (Ongaro's dissertation, §6.3)
type store struct {
	executed raftapi.Index // the last entry
	data     map[string]kvapi.Value
	sessions map[int64]session
}

// A session is what is remembered of a client.
type session struct {
	Serial int64
	Result kvapi.Result
}

func newStore() *store {
	return &store{data: make(map[string]kvapi.Value), sessions: make(map[int64]session)}
}

// answer returns what is known of a command that may have been executed: Done
// with its result, Old, or nothing.
func (s *store) answer(c kvapi.Command) (status kvapi.Status, result kvapi.Result) {
	last, known := s.sessions[c.Client]
	switch {
	case !known || c.Serial > last.Serial:
		return "", kvapi.Result{}
	case c.Serial == last.Serial:
		return kvapi.Done, last.Result
	}
	return kvapi.Old, kvapi.Result{}
}

// execute executes the command at the next index, unless it was executed
// before: it may be in the log twice.
func (s *store) execute(index raftapi.Index, c kvapi.Command) {
	s.executed = index
	if status, _ := s.answer(c); status == "" {
		s.sessions[c.Client] = session{c.Serial, s.change(c)}
	}
}

// change does what a command says.
func (s *store) change(c kvapi.Command) kvapi.Result {
	old, present := s.data[c.Key]
	set := func(value string) kvapi.Result {
		s.data[c.Key] = kvapi.Value{Value: value, Version: old.Version + 1}
		return kvapi.Result{OK: true, Version: old.Version + 1}
	}
	switch c.Op {
	case kvapi.Put:
		return set(c.Value)
	case kvapi.Append:
		return set(old.Value + c.Value)
	case kvapi.CompareAndSwap:
		if c.Version == old.Version {
			return set(c.Value)
		}
		return kvapi.Result{Version: old.Version}
	case kvapi.Delete:
		delete(s.data, c.Key)
		return kvapi.Result{OK: present}
	}
	return s.get(c.Key)
}

func (s *store) get(key string) kvapi.Result {
	v, present := s.data[key]
	return kvapi.Result{OK: present, Version: v.Version, Value: v.Value}
}

// A picture is a store as it stands in a snapshot, in order, so that equal
// stores have equal pictures.
type picture struct {
	Executed raftapi.Index
	Data     []pair
	Sessions []client
}

type pair struct {
	Key   string
	Value kvapi.Value
}

type client struct {
	Client  int64
	Session session
}

// bytes returns the store as a snapshot.
func (s *store) bytes() []byte {
	p := picture{Executed: s.executed}
	for _, key := range slices.Sorted(maps.Keys(s.data)) {
		p.Data = append(p.Data, pair{key, s.data[key]})
	}
	for _, id := range slices.Sorted(maps.Keys(s.sessions)) {
		p.Sessions = append(p.Sessions, client{id, s.sessions[id]})
	}
	var b bytes.Buffer
	if err := labgob.NewEncoder(&b).Encode(&p); err != nil {
		panic("kvraft: the store cannot be written: " + err.Error()) // plain data can be
	}
	return b.Bytes()
}

// readStore returns the store in a snapshot. What it had before has no place in
// it.
func readStore(snapshot []byte) *store {
	var p picture
	if err := labgob.NewDecoder(bytes.NewReader(snapshot)).Decode(&p); err != nil {
		panic("kvraft: a snapshot cannot be read: " + err.Error())
	}
	s := newStore()
	s.executed = p.Executed
	for _, v := range p.Data {
		s.data[v.Key] = v.Value
	}
	for _, c := range p.Sessions {
		s.sessions[c.Client] = c.Session
	}
	return s
}
