package wire

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"distlabs/labgob/internal/gobtype"
)

// Plans are shared by all goroutines, and must not order them in the eyes of
// the race detector: else two students' goroutines that merely send the same
// type would seem synchronised, and their races would be hidden.
//
// So a plan is compiled in a goroutine of its own whose start is hidden: it
// knows nothing of what the students did before. It releases the plan, and
// whoever uses the plan acquires it, and with it that goroutine's past, which
// is only the compilation. The table of plans is read and written out of the
// detector's sight.

// A table maps two numbers to a plan. It is replaced, never changed.
type table struct {
	slots []slot // a power of two, at most half full
	used  int
}

type slot struct {
	key1, key2 uintptr
	plan       unsafe.Pointer // nil in a free slot
}

// A cache is a table that grows.
type cache struct {
	current atomic.Pointer[table]
	mu      sync.Mutex // held to replace current
}

var (
	sendPlans    cache // of *sendPlan, by the word of the sent type
	receivePlans cache // of *receivePlan, by the words of both types
	namedTypes   cache // of *namedType, by the hash of the name
)

//go:norace
func probe(t *table, key1, key2 uintptr) unsafe.Pointer {
	if t == nil {
		return nil
	}
	mask := uintptr(len(t.slots) - 1)
	for i := mix(key1, key2); ; i++ {
		s := &t.slots[i&mask]
		if s.plan == nil {
			return nil
		}
		if s.key1 == key1 && s.key2 == key2 {
			return s.plan
		}
	}
}

//go:norace
func mix(key1, key2 uintptr) uintptr {
	h := key1>>4*31 + key2>>4
	return h ^ h>>7
}

// with is t and one more plan.
//
//go:norace
func (t *table) with(key1, key2 uintptr, plan unsafe.Pointer) *table {
	next := &table{used: 1, slots: make([]slot, 16)}
	if t != nil {
		next.used = t.used + 1
		next.slots = make([]slot, len(t.slots))
		if next.used*2 > len(t.slots) {
			next.slots = make([]slot, 2*len(t.slots))
		}
		for i := range t.slots {
			if s := &t.slots[i]; s.plan != nil {
				next.put(s.key1, s.key2, s.plan)
			}
		}
	}
	next.put(key1, key2, plan)
	return next
}

//go:norace
func (t *table) put(key1, key2 uintptr, plan unsafe.Pointer) {
	mask := uintptr(len(t.slots) - 1)
	i := mix(key1, key2) & mask
	for t.slots[i].plan != nil {
		i = (i + 1) & mask
	}
	t.slots[i].key1, t.slots[i].key2, t.slots[i].plan = key1, key2, plan
}

func (c *cache) find(key1, key2 uintptr) unsafe.Pointer {
	raceDisable()
	plan := probe(c.current.Load(), key1, key2)
	raceEnable()
	return plan
}

// add keeps plan, or returns the one that another goroutine kept meanwhile.
func (c *cache) add(key1, key2 uintptr, plan unsafe.Pointer) unsafe.Pointer {
	raceDisable()
	defer raceEnable()
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.current.Load()
	if other := probe(t, key1, key2); other != nil {
		return other
	}
	c.current.Store(t.with(key1, key2, plan))
	return plan
}

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

// sendPlanFor returns the plan for the dynamic type of an interface.
func sendPlanFor(v eface) *sendPlan {
	found := sendPlans.find(uintptr(v.word), 0)
	if found == nil {
		found = compileSendPlan(v)
	}
	raceAcquire(found)
	return (*sendPlan)(found)
}

func compileSendPlan(v eface) unsafe.Pointer {
	base, indir := strip(reflect.TypeOf(*(*any)(unsafe.Pointer(&v))))
	return runCompileSend(v.word, base, indir)
}

//go:norace
func runCompileSend(word unsafe.Pointer, base reflect.Type, indir int) unsafe.Pointer {
	j := &job{kind: compileSend, word: word, base: base, indir: indir}
	j.run()
	return sendPlans.add(uintptr(word), 0, j.plan)
}

// newSendPlan compiles the plan for t. Its error is in the plan: a type that
// cannot be sent stays so.
func newSendPlan(word unsafe.Pointer, t reflect.Type) *sendPlan {
	plan := &sendPlan{word: word, typ: t, hash: hashString(0, t.String()), known: new(sharedName)}
	zero := reflect.Zero(t).Interface()
	plan.direct = (*eface)(unsafe.Pointer(&zero)).data == nil
	report := gobtype.Check(t)
	plan.lower = report.LowerCase
	if plan.err = report.Err; plan.err != nil {
		return plan
	}
	plan.err = caught(func() {
		c := sendCompiler{make(map[reflect.Type]*sender)}
		plan.root, plan.indir = c.compile(t)
	})
	plan.name = registeredName(t)
	plan.envelope = *weighed(t)
	return plan
}

// caught runs f, which panics with an error.
func caught(f func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case error:
			err = r
		default:
			err = fmt.Errorf("labgob: %v", r)
		}
	}()
	f()
	return nil
}

// A sharedName is the name of a type that is registered after its plan was
// made.
type sharedName struct{ name atomic.Pointer[string] }

// registered is the name under which the plan's type is registered by now, or
// "".
func (plan *sendPlan) registered() string {
	if plan.name != "" {
		return plan.name
	}
	raceDisable()
	known := plan.known.name.Load()
	raceEnable()
	if known != nil {
		return derefString(known)
	}
	name := registeredName(plan.typ)
	if name != "" {
		raceDisable()
		plan.known.name.Store(newString(name))
		raceEnable()
	}
	return name
}

//go:norace
func derefString(p *string) string { return *p }

//go:norace
func newString(s string) *string {
	p := new(string)
	*p = s
	return p
}

// pointer returns where the value in an interface is, and how many pointers
// are still to be followed.
func (plan *sendPlan) pointer(v eface) (p unsafe.Pointer, indir int) {
	if !plan.direct {
		return v.data, plan.indir
	}
	if plan.indir > 0 {
		return v.data, plan.indir - 1
	}
	word := new(unsafe.Pointer)
	*word = v.data
	return unsafe.Pointer(word), 0
}

// receivePlanFor returns the plan that stores what from sends in a t, which
// keeps its pointers.
func receivePlanFor(from *sendPlan, t reflect.Type) *receivePlan {
	key := typeWord(t)
	found := receivePlans.find(uintptr(from.word), uintptr(key))
	if found == nil {
		found = compileReceivePlan(from, t, key)
	}
	raceAcquire(found)
	return (*receivePlan)(found)
}

func compileReceivePlan(from *sendPlan, t reflect.Type, key unsafe.Pointer) unsafe.Pointer {
	base, indir := strip(t)
	return runCompileReceive(from, base, indir, key)
}

//go:norace
func runCompileReceive(from *sendPlan, base reflect.Type, indir int, key unsafe.Pointer) unsafe.Pointer {
	j := &job{kind: compileReceive, from: from, base: base, indir: indir}
	j.run()
	return receivePlans.add(uintptr(from.word), uintptr(key), j.plan)
}

// typeWord is the address of t's description, as in an interface's first word.
func typeWord(t reflect.Type) unsafe.Pointer {
	return (*eface)(unsafe.Pointer(&t)).data
}

// newReceivePlan compiles the plan; its error is in it.
func newReceivePlan(from *sendPlan, t reflect.Type) *receivePlan {
	plan := new(receivePlan)
	plan.err = caught(func() {
		c := receiveCompiler{make(map[typePair]*receiver)}
		shape, err := gobtype.ShapeOf(t)
		if err != nil {
			panic(err)
		}
		name := shape.Base.String()
		if shape.Base.Kind() != reflect.Struct || shape.Dec != gobtype.No {
			if !compatible(from.root, t, make(map[reflect.Type]any)) {
				panic(fmt.Errorf("labgob: a %s was sent and cannot be received as a %s; use the same type on both sides", from.typ, shape.Base))
			}
		}
		plan.root = c.compile(from.root, t, name)
		if plan.root.op == opStruct && plan.root.matched == 0 && shape.Base.NumField() > 0 && len(from.root.fields) > 0 {
			panic(fmt.Errorf("labgob: a %s was sent and cannot be received as a %s: no fields matched; fields are matched by name", from.typ, shape.Base))
		}
	})
	return plan
}

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
