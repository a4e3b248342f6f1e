package rafttest

import (
	"fmt"
	"hash/maphash"
	"reflect"

	"distlabs/lab4-raft/raftapi"
	labwire "distlabs/labgob/wire"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// An entry is what the judges keep of an entry of a log. Two that stand for the
// same command have equal prints.
type entry struct {
	index   raftapi.Index
	term    raftapi.Term
	print   uint64
	command any
	config  *raftapi.Config
}

func (a entry) String() string {
	if a.config != nil {
		return configText(a.config)
	}
	if a.command == nil {
		return "no command"
	}
	return commandText(a.command)
}

// commandText shows a command in a sentence.
func commandText(command any) string {
	if text, ok := command.(string); ok {
		return shortened(fmt.Sprintf("%q", text))
	}
	return shortened(fmt.Sprintf("%+v", command))
}

// bareText is commandText without quotes.
func bareText(command any) string { return shortened(fmt.Sprintf("%v", command)) }

func shortened(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return s
}

// configText shows a configuration in a sentence.
func configText(c *raftapi.Config) string {
	if len(c.New) == 0 {
		return fmt.Sprintf("the configuration of %v", Group(c.Old))
	}
	return fmt.Sprintf("the joint configuration of %v, and %v", Group(c.Old), Group(c.New))
}

// printSeed makes the prints of one process.
var printSeed = maphash.MakeSeed()

const (
	noPrint     = 1 // of an entry without command
	configPrint = 2 // begins the print of a configuration
)

// printOf returns the print of an entry's content.
func printOf(command any, config *raftapi.Config) (uint64, error) {
	if config != nil {
		return printOfConfig(config), nil
	}
	return printOfCommand(command)
}

func printOfConfig(c *raftapi.Config) uint64 {
	h := uint64(configPrint)
	for _, half := range [][]labrpc.NodeID{c.Old, c.New} {
		h = h*0x9e3779b97f4a7c15 + uint64(len(half))
		for _, p := range half {
			h = h*0x9e3779b97f4a7c15 + uint64(p) + 1
		}
	}
	return h
}

// printOfCommand looks at values as gob does: where a pointer leads, not at
// what does not travel, and not at the order of a map.
func printOfCommand(command any) (uint64, error) {
	switch c := command.(type) {
	case nil:
		return noPrint, nil
	case int:
		return maphash.Comparable(printSeed, c), nil
	case string:
		return maphash.String(printSeed, c), nil
	}
	v := reflect.ValueOf(command)
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return noPrint, nil
		}
		v = v.Elem()
	}
	if v.Type() != reflect.TypeOf(command) {
		return printOfCommand(v.Interface())
	}
	m, err := labwire.Marshal(command)
	if err != nil {
		return 0, err
	}
	return m.Hash(), nil
}

// commandOf returns the command that a service was handed.
func commandOf(e *trace.Event) (any, error) {
	if e.Payload == nil {
		return nil, nil
	}
	m, ok := e.Payload.(labwire.Message)
	if !ok {
		return nil, fmt.Errorf("the command is a %T", e.Payload)
	}
	t := m.Type()
	if t == nil {
		return nil, nil
	}
	v := reflect.New(t)
	if err := m.UnmarshalValue(v); err != nil {
		return nil, err
	}
	return v.Elem().Interface(), nil
}
