package wire

import (
	"encoding"
	"encoding/gob"
	"fmt"
	"math"
	"math/bits"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"distlabs/labgob/internal/complaint"
	"distlabs/labgob/internal/gobtype"
)

// A failure is an error on its way up. Its sentence begins with the place,
// which is found only when it is needed.
type failure struct {
	what         string
	cause        error        // wrapped, if any
	unregistered reflect.Type // set where that is what is wrong
}

// An encoder turns one value into bytes. The value is read in ordinary code, so
// that the detector sees it; the bytes are written out of its sight.
type encoder struct {
	buf    []byte
	depth  int
	size   sizer
	method string // whose reply it is, for complaints; or ""

	tracing bool // a second run, to find out where an error is
	path    []string
}

type sliceHeader struct {
	data     unsafe.Pointer
	len, cap int
}

type eface struct{ word, data unsafe.Pointer }

func (e *encoder) uint(x uint64) { e.buf = appendUint(e.buf, x) }

func (e *encoder) raw(p unsafe.Pointer, n int) {
	e.buf = appendUint(e.buf, uint64(n))
	e.buf = appendRaw(e.buf, p, n)
}

// enter and leave keep the path, which costs a branch unless it is wanted.
func (e *encoder) enter(name string) {
	if e.tracing {
		e.path = append(e.path, name)
	}
}

func (e *encoder) leave() {
	if e.tracing {
		e.path = e.path[:len(e.path)-1]
	}
}

func (e *encoder) fail(what string) { panic(&failure{what: what}) }

func (e *encoder) down() {
	if e.depth++; e.depth > gobtype.MaxDepth {
		e.fail(fmt.Sprintf("nests deeper than %d levels: probably it points back to itself; send values without cycles", gobtype.MaxDepth))
	}
}

// top writes a value that stands alone: at the top of a message or of an
// interface. What is no struct has a zero before it, as in gob.
func (e *encoder) top(plan *sendPlan, p unsafe.Pointer) {
	if plan.root.op != opStruct {
		e.buf = appendByte(e.buf, 0)
	}
	e.value(plan.root, p)
}

func follow(p unsafe.Pointer, indir int) unsafe.Pointer {
	for ; indir > 0 && p != nil; indir-- {
		p = *(*unsafe.Pointer)(p)
	}
	return p
}

func loadInt(p unsafe.Pointer, size uintptr) int64 {
	switch size {
	case 8:
		return *(*int64)(p)
	case 4:
		return int64(*(*int32)(p))
	case 2:
		return int64(*(*int16)(p))
	}
	return int64(*(*int8)(p))
}

func loadUint(p unsafe.Pointer, size uintptr) uint64 {
	switch size {
	case 8:
		return *(*uint64)(p)
	case 4:
		return uint64(*(*uint32)(p))
	case 2:
		return uint64(*(*uint16)(p))
	}
	return uint64(*(*uint8)(p))
}

func loadFloat(p unsafe.Pointer, size uintptr) float64 {
	if size == 8 {
		return *(*float64)(p)
	}
	return float64(*(*float32)(p))
}

func loadComplex(p unsafe.Pointer, size uintptr) complex128 {
	if size == 16 {
		return *(*complex128)(p)
	}
	return complex128(*(*complex64)(p))
}

// float puts the exponent's end first: round numbers become short.
func (e *encoder) float(f float64) { e.uint(bits.ReverseBytes64(math.Float64bits(f))) }

// value writes the value at p, also if it is zero.
func (e *encoder) value(n *sender, p unsafe.Pointer) {
	switch n.op {
	case opBool:
		if *(*bool)(p) {
			e.uint(1)
		} else {
			e.uint(0)
		}
	case opInt:
		e.uint(zigzag(loadInt(p, n.size)))
	case opUint:
		e.uint(loadUint(p, n.size))
	case opFloat:
		e.float(loadFloat(p, n.size))
	case opComplex:
		c := loadComplex(p, n.size)
		e.float(real(c))
		e.float(imag(c))
	case opString:
		s := *(*string)(p)
		e.raw(unsafe.Pointer(unsafe.StringData(s)), len(s))
	case opBytes:
		h := *(*sliceHeader)(p)
		raceRead(h.data, h.len)
		e.raw(h.data, h.len)
	default:
		e.down()
		e.composite(n, p)
		e.depth--
	}
}

func (e *encoder) composite(n *sender, p unsafe.Pointer) {
	switch n.op {
	case opSlice:
		h := *(*sliceHeader)(p)
		e.elements(n, h.data, h.len, elemSize(n))
	case opArray:
		e.elements(n, p, n.length, elemSize(n))
	case opMap:
		e.mapping(n, p)
	case opStruct:
		e.structure(n, p)
	case opInterface:
		e.iface(n, p)
	case opSelf:
		e.self(n, p)
	}
}

// elemSize is the distance between elements, which may be pointers.
func elemSize(n *sender) uintptr {
	if n.elemIndir > 0 {
		return unsafe.Sizeof(uintptr(0))
	}
	return n.elem.size
}

// structure writes the fields that are not zero, each after its distance from
// the one before, and a zero.
func (e *encoder) structure(n *sender, base unsafe.Pointer) {
	last := -1
	for i := range n.fields {
		f := &n.fields[i]
		p := unsafe.Add(base, f.off)
		if f.indir > 0 {
			if p = follow(p, f.indir); p == nil {
				continue
			}
		}
		delta := uint64(i - last)
		node := f.node
		switch node.op {
		case opBool:
			if !*(*bool)(p) {
				continue
			}
			e.uint(delta)
			e.uint(1)
		case opInt:
			x := loadInt(p, node.size)
			if x == 0 {
				continue
			}
			e.uint(delta)
			e.uint(zigzag(x))
		case opUint:
			x := loadUint(p, node.size)
			if x == 0 {
				continue
			}
			e.uint(delta)
			e.uint(x)
		case opString:
			s := *(*string)(p)
			if len(s) == 0 {
				continue
			}
			e.uint(delta)
			e.raw(unsafe.Pointer(unsafe.StringData(s)), len(s))
		default:
			if unsent(node, p) {
				continue
			}
			e.uint(delta)
			e.enter("." + f.name)
			e.value(node, p)
			e.leave()
		}
		last = i
	}
	e.buf = appendByte(e.buf, 0)
}

// unsent reports whether gob leaves out a field with the value at p.
func unsent(n *sender, p unsafe.Pointer) bool {
	switch n.op {
	case opBool:
		return !*(*bool)(p)
	case opInt:
		return loadInt(p, n.size) == 0
	case opUint:
		return loadUint(p, n.size) == 0
	case opFloat:
		return loadFloat(p, n.size) == 0
	case opComplex:
		return loadComplex(p, n.size) == 0
	case opString:
		return *(*string)(p) == ""
	case opBytes, opSlice:
		return (*(*sliceHeader)(p)).len == 0
	case opMap, opInterface:
		return *(*unsafe.Pointer)(p) == nil
	case opSelf:
		v, ok := selfReceiver(n.typ, n.raw.EncIndir, p)
		return !ok || v.IsZero()
	}
	return false // structs and arrays always travel
}

func (e *encoder) elements(n *sender, data unsafe.Pointer, count int, step uintptr) {
	e.uint(uint64(count))
	for i := range count {
		p := follow(unsafe.Add(data, uintptr(i)*step), n.elemIndir)
		if e.tracing {
			e.enter("[" + strconv.Itoa(i) + "]")
		}
		if p == nil {
			e.fail("is a nil pointer, which cannot be sent in a slice or array; leave it out or send a value")
		}
		e.value(n.elem, p)
		e.leave()
	}
}

// mapping writes the entries in the order of their keys, so that equal maps
// are equal messages.
func (e *encoder) mapping(n *sender, p unsafe.Pointer) {
	m := reflect.NewAt(n.typ, p).Elem()
	count := m.Len()
	e.uint(uint64(count))
	if count == 0 {
		return
	}
	key, elem := reflect.New(n.typ.Key()), reflect.New(n.typ.Elem())
	spans := make([]span, 0, count)
	from := len(e.buf)
	for it := m.MapRange(); it.Next(); {
		key.Elem().SetIterKey(it)
		elem.Elem().SetIterValue(it)
		var s span
		s.start = len(e.buf)
		e.enter("[key]")
		e.entry(n.key, n.keyIndir, key.UnsafePointer())
		e.leave()
		s.mid = len(e.buf)
		if e.tracing {
			e.enter("[" + fmt.Sprintf("%.40v", key.Elem()) + "]")
		}
		e.entry(n.elem, n.elemIndir, elem.UnsafePointer())
		e.leave()
		s.end = len(e.buf)
		spans = append(spans, s)
	}
	if count > 1 {
		b := e.buf
		slices.SortFunc(spans, func(x, y span) int { return compareKeys(b, n.key.op, x, y) })
		permute(b, from, spans)
	}
}

func (e *encoder) entry(n *sender, indir int, p unsafe.Pointer) {
	p = follow(p, indir)
	if p == nil {
		e.fail("is a nil pointer, which cannot be sent in a map; leave it out or send a value")
	}
	e.value(n, p)
}

// iface writes the name of the dynamic type, then the value.
func (e *encoder) iface(n *sender, p unsafe.Pointer) {
	var word eface
	if n.empty {
		word = *(*eface)(p)
	} else if v := reflect.NewAt(n.typ, p).Elem().Elem(); v.IsValid() {
		boxed := v.Interface()
		word = *(*eface)(unsafe.Pointer(&boxed))
	}
	if word.word == nil {
		e.uint(0)
		return
	}
	plan := sendPlanFor(word)
	if plan.err != nil {
		panic(&failure{what: fmt.Sprintf("holds a %s: %v", plan.typ, plan.err), cause: plan.err})
	}
	name := plan.registered()
	if name == "" {
		panic(&failure{unregistered: plan.typ})
	}
	if len(plan.lower) > 0 {
		e.complain(plan)
	}
	data, indir := plan.pointer(word)
	if data = follow(data, indir); data == nil {
		e.fail(fmt.Sprintf("holds a nil pointer of type %s, which cannot be sent; send a nil interface or a value", plan.typ))
	}
	e.raw(unsafe.Pointer(unsafe.StringData(name)), len(name))
	start := len(e.buf)
	outer := e.size.enter(plan, start)
	e.top(plan, data)
	e.size.leave(outer, start, len(e.buf))
}

// selfReceiver is the value whose methods encode or decode the t at p; not ok
// if a nil pointer is in the way.
func selfReceiver(t reflect.Type, indir int, p unsafe.Pointer) (_ reflect.Value, ok bool) {
	v := reflect.NewAt(t, p)
	if indir < 0 {
		return v, true
	}
	v = v.Elem()
	for ; indir > 0; indir-- {
		if v.IsNil() {
			return v, false
		}
		v = v.Elem()
	}
	return v, true
}

func (e *encoder) self(n *sender, p unsafe.Pointer) {
	v, ok := selfReceiver(n.typ, n.raw.EncIndir, p)
	if !ok {
		e.fail("is a nil pointer, which cannot be sent; send a value")
	}
	var data []byte
	var err error
	if n.raw.Enc == gobtype.Gob {
		data, err = v.Interface().(gob.GobEncoder).GobEncode()
	} else {
		data, err = v.Interface().(encoding.BinaryMarshaler).MarshalBinary()
	}
	if err != nil {
		panic(&failure{what: fmt.Sprintf("of type %s does not encode: %v", n.typ, err), cause: err})
	}
	raceRead(unsafe.Pointer(unsafe.SliceData(data)), len(data))
	e.raw(unsafe.Pointer(unsafe.SliceData(data)), len(data))
}

// complain tells of the plan's lower-case fields.
func (e *encoder) complain(plan *sendPlan) {
	if e.tracing {
		return
	}
	where := complaint.Where()
	if where == "" && e.method != "" {
		where = "the reply of " + e.method
	}
	gobtype.Complain(plan.typ, plan.lower, where)
}

// encode runs e over the value at p, and returns what went wrong, if anything.
// A panic of a type's own method counts as such.
func (e *encoder) encode(plan *sendPlan, p unsafe.Pointer) (failed *failure) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *failure:
			failed = r
		default:
			failed = &failure{what: fmt.Sprintf("panics while it is encoded: %v", r)}
		}
	}()
	e.top(plan, p)
	return nil
}

// explain finds the place of a failure by encoding once more.
func explain(plan *sendPlan, p unsafe.Pointer, failed *failure) error {
	again := encoder{tracing: true}
	if second := again.encode(plan, p); second != nil {
		failed = second
	}
	if again.depth > gobtype.MaxDepth {
		again.path = append(again.path[:6], "…")
	}
	place := plan.root.typ.String() + strings.Join(again.path, "")
	if failed.unregistered != nil {
		return gobtype.NotRegistered(failed.unregistered, place)
	}
	return placed{"labgob: " + place + " " + failed.what, failed.cause}
}

// placed is an error whose sentence names the place.
type placed struct {
	text  string
	cause error
}

func (p placed) Error() string { return p.text }
func (p placed) Unwrap() error { return p.cause }
