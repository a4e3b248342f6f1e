package wire

import (
	"fmt"
	"reflect"
	"sync/atomic"
	"unsafe"

	"distlabs/labgob/internal/gobtype"
)

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
	plan.base, _ = strip(t)
	warm(t)
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
	warm(t)
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
