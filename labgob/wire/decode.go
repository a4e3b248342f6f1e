package wire

import (
	"encoding"
	"encoding/gob"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"reflect"
	"unsafe"

	"distlabs/labgob/internal/complaint"
	"distlabs/labgob/internal/gobtype"
)

// A decoder stores one message. It reads the bytes out of the race detector's
// sight and writes the destination in ordinary code.
type decoder struct {
	buf []byte
	pos int

	// Where we are, for complaints: a field of a struct type, or the value.
	owner reflect.Type
	field string
}

var errDamaged = errors.New("labgob: the message is damaged; this is a fault of the lab, not yours")

func (d *decoder) fail(err error) { panic(err) }

func (d *decoder) uint() uint64 {
	x, next := readUint(d.buf, d.pos)
	if next < 0 {
		d.fail(errDamaged)
	}
	d.pos = next
	return x
}

// run reads the length of a run of bytes and steps over it.
func (d *decoder) run() (from, n int) {
	x := d.uint()
	if x > uint64(len(d.buf)-d.pos) {
		d.fail(errDamaged)
	}
	from, n = d.pos, int(x)
	d.pos += n
	return from, n
}

func (d *decoder) float() float64 {
	return math.Float64frombits(bits.ReverseBytes64(d.uint()))
}

func (d *decoder) overflow(n *receiver, x any) {
	d.fail(fmt.Errorf("labgob: %v does not fit into %s, a %s; use the same type on both sides", x, n.name, n.typ))
}

func (d *decoder) int(n *receiver, p unsafe.Pointer) {
	x := unzigzag(d.uint())
	switch n.size {
	case 8:
		*(*int64)(p) = x
		return
	case 4:
		if int64(int32(x)) == x {
			*(*int32)(p) = int32(x)
			return
		}
	case 2:
		if int64(int16(x)) == x {
			*(*int16)(p) = int16(x)
			return
		}
	case 1:
		if int64(int8(x)) == x {
			*(*int8)(p) = int8(x)
			return
		}
	}
	d.overflow(n, x)
}

func (d *decoder) unsigned(n *receiver, p unsafe.Pointer) {
	x := d.uint()
	switch n.size {
	case 8:
		*(*uint64)(p) = x
		return
	case 4:
		if uint64(uint32(x)) == x {
			*(*uint32)(p) = uint32(x)
			return
		}
	case 2:
		if uint64(uint16(x)) == x {
			*(*uint16)(p) = uint16(x)
			return
		}
	case 1:
		if uint64(uint8(x)) == x {
			*(*uint8)(p) = uint8(x)
			return
		}
	}
	d.overflow(n, x)
}

// float32 is the next number, which may be infinite but not too large.
func (d *decoder) float32(n *receiver) float32 {
	f := d.float()
	if a := math.Abs(f); a > math.MaxFloat32 && a <= math.MaxFloat64 {
		d.overflow(n, f)
	}
	return float32(f)
}

// value stores the next value at p, where one of n's type is.
func (d *decoder) value(n *receiver, p unsafe.Pointer) {
	switch n.op {
	case opBool:
		*(*bool)(p) = d.uint() != 0
	case opInt:
		d.int(n, p)
	case opUint:
		d.unsigned(n, p)
	case opFloat:
		if n.size == 8 {
			*(*float64)(p) = d.float()
		} else {
			*(*float32)(p) = d.float32(n)
		}
	case opComplex:
		if n.size == 16 {
			re := d.float()
			*(*complex128)(p) = complex(re, d.float())
		} else {
			re := d.float32(n)
			*(*complex64)(p) = complex(re, d.float32(n))
		}
	case opString:
		from, length := d.run()
		*(*string)(p) = readString(d.buf, from, length)
	case opBytes:
		d.bytes(p)
	case opSlice:
		d.slice(n, p)
	case opArray:
		if d.uint() != uint64(n.length) {
			d.fail(errDamaged)
		}
		d.elements(n, p, n.length)
	case opMap:
		d.mapping(n, p)
	case opStruct:
		d.structure(n, p)
	case opInterface:
		d.iface(n, p)
	case opSelf:
		d.self(n, p)
	}
}

func (d *decoder) bytes(p unsafe.Pointer) {
	from, n := d.run()
	h := (*sliceHeader)(p)
	if h.cap < n {
		b := make([]byte, n)
		readRaw(unsafe.Pointer(unsafe.SliceData(b)), d.buf, from, n)
		*(*[]byte)(p) = b
		return
	}
	raceWrite(h.data, n)
	readRaw(h.data, d.buf, from, n)
	h.len = n
}

// slice keeps an old array that is large enough, and with it what its elements
// held, as gob does.
func (d *decoder) slice(n *receiver, p unsafe.Pointer) {
	x := d.uint()
	step := n.elemType.Size()
	if x > math.MaxInt32 || step > 0 && x > uint64(len(d.buf)-d.pos) {
		d.fail(errDamaged) // each element takes a byte at least
	}
	count := int(x)
	h := (*sliceHeader)(p)
	switch {
	case h.cap >= count:
		h.len = count
	case n.plain:
		words := make([]uint64, (uintptr(count)*step+7)/8)
		*h = sliceHeader{unsafe.Pointer(unsafe.SliceData(words)), count, count}
	case n.elem.op == opString && n.elemType.Kind() == reflect.String:
		*h = sliceHeader{unsafe.Pointer(unsafe.SliceData(make([]string, count))), count, count}
	default:
		*h = sliceHeader{reflect.MakeSlice(n.typ, count, count).UnsafePointer(), count, count}
	}
	d.elements(n, h.data, count)
}

func (d *decoder) elements(n *receiver, data unsafe.Pointer, count int) {
	step := n.elemType.Size()
	pointers := n.elemType.Kind() == reflect.Pointer
	for i := range count {
		p := unsafe.Add(data, uintptr(i)*step)
		if pointers {
			p = allocate(n.elemType, p)
		}
		d.value(n.elem, p)
	}
}

// allocate follows the pointers that a t begins with, at p, to the value, and
// gives a new target to those that have none.
func allocate(t reflect.Type, p unsafe.Pointer) unsafe.Pointer {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
		next := *(*unsafe.Pointer)(p)
		if next == nil {
			next = reflect.New(t).UnsafePointer()
			*(*unsafe.Pointer)(p) = next
		}
		p = next
	}
	return p
}

func (d *decoder) mapping(n *receiver, p unsafe.Pointer) {
	count := int(d.uint())
	if count < 0 || count > len(d.buf)-d.pos {
		d.fail(errDamaged)
	}
	m := reflect.NewAt(n.typ, p).Elem()
	old := 0
	if m.IsNil() {
		m.Set(reflect.MakeMapWithSize(n.typ, count))
	} else {
		old = m.Len()
	}
	key, elem := reflect.New(n.keyType), reflect.New(n.elemType)
	added := 0
	for range count {
		d.value(n.key, allocate(n.keyType, key.UnsafePointer()))
		d.value(n.elem, allocate(n.elemType, elem.UnsafePointer()))
		if old > 0 && !m.MapIndex(key.Elem()).IsValid() {
			added++
		}
		m.SetMapIndex(key.Elem(), elem.Elem())
		key.Elem().SetZero()
		elem.Elem().SetZero()
	}
	if old > count-added {
		d.stale(d.owner, d.field, n.typ)
	}
}

// structure stores the fields that were sent. The others keep what they hold,
// which is worth a complaint unless it is what zero would have left.
func (d *decoder) structure(n *receiver, base unsafe.Pointer) {
	owner, field := d.owner, d.field
	d.owner = n.typ
	next := 0
	for {
		delta := d.uint()
		if delta == 0 {
			break
		}
		i := next - 1 + int(delta)
		if i < 0 || i >= len(n.fields) {
			d.fail(errDamaged)
		}
		for ; next < i; next++ {
			d.unsent(n, &n.fields[next], base)
		}
		next++
		f := &n.fields[i]
		if f.node.skip != nil {
			d.skip(f.node.skip)
			continue
		}
		p := f.place(n, base)
		if f.pointer {
			p = allocate(f.typ, p)
		}
		d.field = f.name
		d.value(f.node, p)
	}
	for ; next < len(n.fields); next++ {
		d.unsent(n, &n.fields[next], base)
	}
	d.owner, d.field = owner, field
}

// place is where the field is in the struct at base.
func (f *storedField) place(n *receiver, base unsafe.Pointer) unsafe.Pointer {
	if f.index == nil {
		return unsafe.Add(base, f.off)
	}
	return reflect.NewAt(n.typ, base).Elem().FieldByIndex(f.index).Addr().UnsafePointer()
}

// unsent complains if the field, which was not sent, holds something.
func (d *decoder) unsent(n *receiver, f *storedField, base unsafe.Pointer) {
	if f.node.skip != nil || f.index != nil {
		return
	}
	p := unsafe.Add(base, f.off)
	if zeroMemory(p, f.typ.Size()) {
		return
	}
	if !gobtype.Empty(reflect.NewAt(f.typ, p).Elem()) {
		d.stale(n.typ, f.name, f.typ)
	}
}

func (d *decoder) stale(owner reflect.Type, field string, t reflect.Type) {
	if owner == nil {
		owner = t
	}
	gobtype.ComplainStale(owner, field, complaint.Where())
}

func (d *decoder) iface(n *receiver, p unsafe.Pointer) {
	from, length := d.run()
	if length == 0 {
		if n.empty {
			*(*any)(p) = nil
		} else {
			reflect.NewAt(n.typ, p).Elem().SetZero()
		}
		return
	}
	named := namedTypeAt(d.buf, from, length)
	if named == nil || named.recv == nil {
		d.fail(errDamaged)
	}
	if named.recv.err != nil {
		d.fail(named.recv.err)
	}
	v := reflect.New(named.typ)
	owner, field := d.owner, d.field
	d.top(named.recv, named.typ, v.UnsafePointer())
	d.owner, d.field = owner, field
	if n.empty {
		word := eface{named.send.word, v.UnsafePointer()}
		if named.send.direct {
			word.data = *(*unsafe.Pointer)(word.data)
		}
		*(*any)(p) = *(*any)(unsafe.Pointer(&word))
		return
	}
	if !named.typ.AssignableTo(n.typ) {
		d.fail(fmt.Errorf("labgob: a %s was sent in an interface and cannot be received in %s, a %s: it lacks methods; use the same type on both sides", named.typ, n.name, n.typ))
	}
	reflect.NewAt(n.typ, p).Elem().Set(v.Elem())
}

func (d *decoder) self(n *receiver, p unsafe.Pointer) {
	from, length := d.run()
	data := make([]byte, length)
	readRaw(unsafe.Pointer(unsafe.SliceData(data)), d.buf, from, length)
	v := reflect.NewAt(n.typ, p)
	var err error
	if n.raw.Dec == gobtype.Gob {
		err = v.Interface().(gob.GobDecoder).GobDecode(data)
	} else {
		err = v.Interface().(encoding.BinaryUnmarshaler).UnmarshalBinary(data)
	}
	if err != nil {
		d.fail(fmt.Errorf("labgob: %s, a %s, does not decode: %w", n.name, n.typ, err))
	}
}

// top stores a value that stands alone in a t at p.
func (d *decoder) top(plan *receivePlan, t reflect.Type, p unsafe.Pointer) {
	p = allocate(t, p)
	d.owner, d.field = nil, ""
	if plan.root.op != opStruct && d.uint() != 0 {
		d.fail(errDamaged)
	}
	d.value(plan.root, p)
}

// decode runs top and returns what went wrong, if anything. A panic of a
// type's own method counts as such.
func (d *decoder) decode(plan *receivePlan, t reflect.Type, p unsafe.Pointer) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *reflect.ValueError:
			err = fmt.Errorf("labgob: receiving a %s panics: %v", t, r)
		case error:
			err = r
		default:
			err = fmt.Errorf("labgob: receiving a %s panics: %v", t, r)
		}
	}()
	d.top(plan, t, p)
	return nil
}

// skip steps over a value that has no destination.
func (d *decoder) skip(n *sender) {
	switch n.op {
	case opBool, opInt, opUint, opFloat:
		d.uint()
	case opComplex:
		d.uint()
		d.uint()
	case opString, opBytes, opSelf:
		d.run()
	case opSlice, opArray:
		for range int(d.uint()) {
			d.skip(n.elem)
		}
	case opMap:
		for range int(d.uint()) {
			d.skip(n.key)
			d.skip(n.elem)
		}
	case opStruct:
		for i := -1; ; {
			delta := d.uint()
			if delta == 0 {
				break
			}
			i += int(delta)
			d.skip(n.fields[i].node)
		}
	case opInterface:
		from, length := d.run()
		if length == 0 {
			return
		}
		named := namedTypeAt(d.buf, from, length)
		if named == nil {
			d.fail(errDamaged)
		}
		if named.send.root.op != opStruct {
			d.uint()
		}
		d.skip(named.send.root)
	}
}
