package wire

import (
	"reflect"
	"unsafe"

	"distlabs/labgob/internal/gobtype"
)

// A job is work for a goroutine that knows nothing of anyone's past. Its
// fields are touched in norace functions only.
type job struct {
	kind  jobKind
	word  unsafe.Pointer // compileSend: the type as in an interface's first word
	from  *sendPlan      // compileReceive
	base  reflect.Type   // the type without pointers; findType: the answer
	indir int            // its pointers
	name  string         // findNamed, findType: the name; findName: the answer
	done  chan struct{}  // closed at the end

	plan     unsafe.Pointer // the answer of compileSend, compileReceive and findNamed
	envelope *envelope      // the answer of weigh
}

type jobKind uint8

const (
	compileSend jobKind = iota
	compileReceive
	findName  // the name of a registered type
	findNamed // the namedType of a registered name
	findType  // the type of a registered name
	weigh     // the envelope of a type
)

// born is released when the packages that plans need are initialised, which is
// all that a hidden goroutine knows of the past.
var born byte

func init() { raceRelease(unsafe.Pointer(&born)) }

// run does the job in a goroutine of its own and waits for it, both unseen.
// The channel belongs to the caller, and so to the caller's bubble if it is in
// one.
//
//go:norace
func (j *job) run() {
	j.done = make(chan struct{})
	raceDisable()
	go work(j)
	<-j.done
	raceEnable()
}

//go:norace
func work(j *job) {
	raceAcquire(unsafe.Pointer(&born))
	switch j.kind {
	case compileSend:
		plan := newSendPlan(j.word, pointers(j.base, j.indir))
		raceRelease(unsafe.Pointer(plan))
		j.plan = unsafe.Pointer(plan)
	case compileReceive:
		raceAcquire(unsafe.Pointer(j.from))
		plan := newReceivePlan(j.from, pointers(j.base, j.indir))
		raceRelease(unsafe.Pointer(plan))
		j.plan = unsafe.Pointer(plan)
	case findName:
		name, _ := gobtype.NameOf(j.base)
		j.name = cloneString(name)
	case findNamed:
		if named := newNamedType(j.name); named != nil {
			raceRelease(unsafe.Pointer(named))
			j.plan = unsafe.Pointer(named)
		}
	case findType:
		j.base = gobtype.TypeOf(j.name)
	case weigh:
		j.envelope = cloneEnvelope(measure(pointers(j.base, j.indir)))
	}
	raceDisable()
	close(j.done)
	raceEnable()
}

// strip takes the pointers off a type and pointers puts them on again: a
// pointer type may have been made by reflect at run time, and whoever has not
// got it from reflect himself does not see it properly made.
func strip(t reflect.Type) (base reflect.Type, indir int) {
	for t.Kind() == reflect.Pointer && indir < 100 {
		t = t.Elem()
		indir++
	}
	return t, indir
}

func pointers(base reflect.Type, indir int) reflect.Type {
	for range indir {
		base = reflect.PointerTo(base)
	}
	return base
}

// cloneString and cloneEnvelope write their results unseen, so that another
// goroutine may read them.
//
//go:norace
func cloneString(s string) string {
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		b = append(b, s[i])
	}
	return unsafe.String(unsafe.SliceData(b), len(b))
}

//go:norace
func cloneEnvelope(e envelope) *envelope {
	c := &envelope{idSize: e.idSize}
	for i := range e.types {
		c.types = append(c.types, e.types[i])
	}
	return c
}

func registeredName(t reflect.Type) string {
	base, _ := strip(t)
	return runFindName(base)
}

//go:norace
func runFindName(base reflect.Type) string {
	j := &job{kind: findName, base: base}
	j.run()
	return j.name
}

//go:norace
func registeredType(name string) reflect.Type {
	j := &job{kind: findType, name: cloneString(name)}
	j.run()
	return j.base
}

func weighed(t reflect.Type) *envelope {
	base, indir := strip(t)
	return runWeigh(base, indir)
}

//go:norace
func runWeigh(base reflect.Type, indir int) *envelope {
	j := &job{kind: weigh, base: base, indir: indir}
	j.run()
	return j.envelope
}
