package wire

import (
	"reflect"
	"unsafe"
)

// A namedType is what travels behind interfaces under a name.
type namedType struct {
	name string
	typ  reflect.Type // as it was registered
	send *sendPlan
	recv *receivePlan
}

// namedTypeAt returns the type whose name stands in b from i on, n bytes long,
// or nil if there is none.
func namedTypeAt(b []byte, i, n int) *namedType {
	key := uintptr(nameHash(b, i, n))
	if found := namedTypes.find(key, 0); found != nil {
		raceAcquire(found)
		if named := (*namedType)(found); equalName(b, i, n, named.name) {
			return named
		}
	}
	found := findNamedType(readString(b, i, n))
	if found == nil {
		return nil
	}
	raceAcquire(namedTypes.add(key, 0, found))
	raceAcquire(found)
	return (*namedType)(found)
}

//go:norace
func findNamedType(name string) unsafe.Pointer {
	j := &job{kind: findNamed, name: cloneString(name)}
	j.run()
	return j.plan
}

//go:norace
func nameHash(b []byte, i, n int) uint64 { return hashBytes(1, b[i:i+n]) }

//go:norace
func equalName(b []byte, i, n int, name string) bool {
	if n != len(name) {
		return false
	}
	for j := range n {
		if b[i+j] != name[j] {
			return false
		}
	}
	return true
}

func newNamedType(name string) *namedType {
	t := registeredType(name)
	if t == nil {
		return nil
	}
	zero := reflect.Zero(t).Interface()
	named := &namedType{name: name, typ: t, send: sendPlanFor(*(*eface)(unsafe.Pointer(&zero)))}
	if named.send.err == nil {
		named.recv = receivePlanFor(named.send, t)
	}
	return named
}
