package wire

import (
	"fmt"
	"reflect"
	"unsafe"

	"distlabs/labgob/internal/gobtype"
)

// An op is what to do with a value.
type op uint8

const (
	opBool op = iota
	opInt
	opUint
	opFloat
	opComplex
	opString
	opBytes
	opSlice
	opArray
	opMap
	opStruct
	opInterface
	opSelf // the type encodes itself
)

// basic ops write one or two numbers or a run of bytes and cannot fail.
func (o op) basic() bool { return o <= opBytes }

// A sender is one type as it is sent. Everything in it is read-only once its
// plan is published.
type sender struct {
	op   op
	typ  reflect.Type // without pointers, except for opSelf
	size uintptr
	raw  gobtype.Shape // for opSelf

	key, elem           *sender // of maps; elem of slices and arrays
	keyIndir, elemIndir int
	length              int // of arrays
	fields              []sentField

	empty bool // opInterface: no methods
}

// A sentField is a field that travels. Its number on the wire is its index.
type sentField struct {
	name  string
	off   uintptr
	indir int // pointers to follow
	node  *sender
}

// A sendPlan is how to make a message of a type. It is compiled once.
type sendPlan struct {
	word     unsafe.Pointer // the type as in an interface's first word
	typ      reflect.Type
	base     reflect.Type // typ without its pointers
	root     *sender
	indir    int  // pointers to follow from typ to root
	direct   bool // an interface holds a typ as its data word itself
	lower    []gobtype.Finding
	err      error
	hash     uint64      // of the type's name
	name     string      // as registered, "" if it is not (yet)
	envelope envelope    // what gob adds around the value
	known    *sharedName // name, when it is registered later
}

// A receiver is a pair of types, as sent and as stored. Its skip is set, and
// the rest empty, where what was sent has no place.
type receiver struct {
	op   op
	typ  reflect.Type // without pointers
	size uintptr
	name string // for error messages: the field, or the type
	raw  gobtype.Shape
	skip *sender // set where the value has no destination

	key, elem         *receiver
	keyType, elemType reflect.Type // with their pointers
	length            int
	plain             bool // slice elements hold no pointers
	fields            []storedField
	matched           int // number of fields with a destination

	empty bool // opInterface: no methods
}

// A storedField is where a sent field goes; numbered as it is sent.
type storedField struct {
	name  string
	index []int // for embedded pointers on the way, else nil
	off   uintptr
	typ   reflect.Type
	node  *receiver

	pointer bool // typ is a pointer
}

// A receivePlan is how to store a message of one type in another.
type receivePlan struct {
	root *receiver
	err  error
}

// sendCompiler builds senders; done breaks cycles of types.
type sendCompiler struct {
	done map[reflect.Type]*sender
}

// compile returns the sender for a value of type t and the number of pointers
// that lead to it.
func (c *sendCompiler) compile(t reflect.Type) (*sender, int) {
	shape, err := gobtype.ShapeOf(t)
	if err != nil {
		panic(err)
	}
	if shape.Enc != gobtype.No {
		warm(t)
		return &sender{op: opSelf, typ: t, size: t.Size(), raw: shape}, 0
	}
	b := shape.Base
	if n := c.done[b]; n != nil {
		return n, shape.Indir
	}
	n := &sender{typ: b, size: b.Size(), raw: shape}
	c.done[b] = n
	warm(b)
	switch b.Kind() {
	case reflect.Bool:
		n.op = opBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n.op = opInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		n.op = opUint
	case reflect.Float32, reflect.Float64:
		n.op = opFloat
	case reflect.Complex64, reflect.Complex128:
		n.op = opComplex
	case reflect.String:
		n.op = opString
	case reflect.Slice:
		n.op = opSlice
		if b.Elem().Kind() == reflect.Uint8 {
			n.op = opBytes
			break
		}
		n.elem, n.elemIndir = c.compile(b.Elem())
	case reflect.Array:
		n.op, n.length = opArray, b.Len()
		n.elem, n.elemIndir = c.compile(b.Elem())
	case reflect.Map:
		n.op = opMap
		n.key, n.keyIndir = c.compile(b.Key())
		n.elem, n.elemIndir = c.compile(b.Elem())
	case reflect.Struct:
		n.op = opStruct
		for i := range b.NumField() {
			if f := b.Field(i); f.IsExported() {
				node, indir := c.compile(f.Type)
				n.fields = append(n.fields, sentField{f.Name, f.Offset, indir, node})
			}
		}
	case reflect.Interface:
		n.op, n.empty = opInterface, b.NumMethod() == 0
	default:
		panic(fmt.Errorf("labgob: a %s cannot travel", b))
	}
	return n, shape.Indir
}

// warm has reflect make and keep the pointer types that it will need when
// values of type t travel: else a student's goroutine would do it, and reflect
// would order all that come after behind it.
func warm(t reflect.Type) {
	reflect.PointerTo(t)
	switch t.Kind() {
	case reflect.Map:
		reflect.PointerTo(t.Key())
		reflect.PointerTo(t.Elem())
	case reflect.Slice, reflect.Array, reflect.Pointer:
		reflect.PointerTo(t.Elem())
	}
}

// wireID stands for gob's identity of a sent type: all integers are one type.
func wireID(n *sender) any {
	switch n.op {
	case opSlice, opArray, opMap, opStruct, opSelf:
		return n.typ
	}
	return n.op
}

// receiveCompiler builds receivers; done breaks cycles of pairs.
type receiveCompiler struct {
	done map[typePair]*receiver
}

type typePair struct {
	from *sender
	to   reflect.Type
}

// compatible asks whether what from sends can be stored in a t, as gob asks
// it: structs always can, their fields are looked at later.
func compatible(from *sender, t reflect.Type, seen map[reflect.Type]any) bool {
	if id, ok := seen[t]; ok {
		return id == wireID(from)
	}
	seen[t] = wireID(from)
	shape, err := gobtype.ShapeOf(t)
	if err != nil {
		return false
	}
	sent := gobtype.No
	if from.op == opSelf {
		sent = from.raw.Enc
	}
	if shape.Dec != sent {
		return false
	}
	if sent != gobtype.No {
		return true
	}
	switch b := shape.Base; b.Kind() {
	case reflect.Bool:
		return from.op == opBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return from.op == opInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return from.op == opUint
	case reflect.Float32, reflect.Float64:
		return from.op == opFloat
	case reflect.Complex64, reflect.Complex128:
		return from.op == opComplex
	case reflect.String:
		return from.op == opString
	case reflect.Interface:
		return from.op == opInterface
	case reflect.Array:
		return from.op == opArray && b.Len() == from.length && compatible(from.elem, b.Elem(), seen)
	case reflect.Map:
		return from.op == opMap && compatible(from.key, b.Key(), seen) && compatible(from.elem, b.Elem(), seen)
	case reflect.Slice:
		if b.Elem().Kind() == reflect.Uint8 {
			return from.op == opBytes
		}
		elem, err := gobtype.ShapeOf(b.Elem())
		return err == nil && from.op == opSlice && compatible(from.elem, elem.Base, seen)
	case reflect.Struct:
		return true
	}
	return false
}

// compile returns the receiver that stores what from sends in a t; what names
// the place in error messages.
func (c *receiveCompiler) compile(from *sender, t reflect.Type, what string) *receiver {
	shape, err := gobtype.ShapeOf(t)
	if err != nil {
		panic(err)
	}
	if shape.Dec != gobtype.No {
		warm(shape.Base)
		return &receiver{op: opSelf, typ: shape.Base, size: shape.Base.Size(), raw: shape, name: what}
	}
	b := shape.Base
	if b.Kind() == reflect.Struct && from.op != opStruct {
		panic(fmt.Errorf("labgob: %s was sent as a %s and cannot be received as the struct %s; use the same type on both sides", what, from.typ, b))
	}
	if n := c.done[typePair{from, b}]; n != nil {
		return n
	}
	n := &receiver{op: from.op, typ: b, size: b.Size(), raw: shape, name: what}
	c.done[typePair{from, b}] = n
	warm(b)
	switch from.op {
	case opSlice, opArray:
		n.length = from.length
		n.elemType = b.Elem()
		n.elem = c.compile(from.elem, b.Elem(), "element of "+what)
		n.plain = n.elem.op < opString && b.Elem().Kind() != reflect.Pointer
	case opMap:
		n.keyType, n.elemType = b.Key(), b.Elem()
		n.key = c.compile(from.key, b.Key(), "key of "+what)
		n.elem = c.compile(from.elem, b.Elem(), "element of "+what)
	case opStruct:
		c.fields(n, from, b)
	case opInterface:
		n.empty = b.NumMethod() == 0
	}
	return n
}

func (c *receiveCompiler) fields(n *receiver, from *sender, b reflect.Type) {
	for _, sent := range from.fields {
		f, ok := b.FieldByName(sent.name)
		if !ok {
			n.fields = append(n.fields, storedField{name: sent.name, node: &receiver{skip: sent.node}})
			continue
		}
		place := b.String() + "." + sent.name
		if !compatible(sent.node, f.Type, make(map[reflect.Type]any)) {
			panic(fmt.Errorf("labgob: field %s of %s was sent as a %s and cannot be received as a %s in %s; use the same type on both sides",
				sent.name, from.typ, sent.node.typ, f.Type, b))
		}
		to := storedField{name: sent.name, typ: f.Type, node: c.compile(sent.node, f.Type, place), pointer: f.Type.Kind() == reflect.Pointer}
		if off, direct := offset(b, f.Index); direct {
			to.off = off
		} else {
			to.index = f.Index
		}
		n.fields = append(n.fields, to)
		n.matched++
	}
}

// offset is the distance of a possibly promoted field from the start of its
// struct; direct is false if a pointer lies between.
func offset(t reflect.Type, index []int) (off uintptr, direct bool) {
	for i, x := range index {
		if i > 0 && t.Kind() == reflect.Pointer {
			return 0, false
		}
		f := t.Field(x)
		off += f.Offset
		t = f.Type
	}
	return off, true
}
