package wire

import (
	"math"
	"math/bits"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Text renders the contents for reading, as in {Term:3 CandidateID:1}, cut
// after max bytes. Fields that were not sent are shown as zero.
func (m Message) Text(max int) string {
	plan, body, _ := m.read()
	if plan == nil {
		return ""
	}
	r := renderer{buf: body, max: max}
	if plan.root.op != opStruct {
		r.pos++
	}
	r.value(plan.root)
	if len(r.out) <= max {
		return string(r.out)
	}
	cut := max
	for cut > 0 && !utf8.RuneStart(r.out[cut]) {
		cut--
	}
	return string(r.out[:cut]) + "…"
}

// A renderer reads a message as a decoder would, without a destination. Once
// there is enough text it stops wherever it is.
type renderer struct {
	buf []byte
	pos int
	max int
	out []byte
}

func (r *renderer) full() bool { return len(r.out) > r.max }

func (r *renderer) uint() uint64 {
	x, next := readUint(r.buf, r.pos)
	if next < 0 {
		next = len(r.buf)
	}
	r.pos = next
	return x
}

func (r *renderer) float(size int) {
	f := math.Float64frombits(bits.ReverseBytes64(r.uint()))
	r.out = strconv.AppendFloat(r.out, f, 'g', -1, size)
}

func (r *renderer) say(s string) { r.out = append(r.out, s...) }

// run reads a run of bytes, as much of it as can be shown.
func (r *renderer) run() string {
	n := int(r.uint())
	s := readString(r.buf, r.pos, min(n, r.max+1))
	r.pos += n
	return s
}

func (r *renderer) value(n *sender) {
	switch n.op {
	case opBool:
		r.out = strconv.AppendBool(r.out, r.uint() != 0)
	case opInt:
		r.out = strconv.AppendInt(r.out, unzigzag(r.uint()), 10)
	case opUint:
		r.out = strconv.AppendUint(r.out, r.uint(), 10)
	case opFloat:
		r.float(int(n.size) * 8)
	case opComplex:
		r.say("(")
		r.float(int(n.size) * 4)
		r.say(" ")
		r.float(int(n.size) * 4)
		r.say("i)")
	case opString:
		r.out = strconv.AppendQuote(r.out, r.run())
	case opSelf:
		r.self(n)
	case opBytes:
		r.bytes(r.run())
	case opSlice, opArray:
		r.list(n)
	case opMap:
		r.entries(n)
	case opStruct:
		r.fields(n)
	case opInterface:
		r.iface()
	}
}

// self renders a type that encodes itself: a time as people write it, of any
// other type its bytes, since its methods are not ours to call here.
func (r *renderer) self(n *sender) {
	s := r.run()
	var t time.Time
	if n.raw.Base == reflect.TypeFor[time.Time]() && t.UnmarshalBinary([]byte(s)) == nil {
		r.out = t.AppendFormat(r.out, time.RFC3339Nano)
		return
	}
	r.bytes(s)
}

func (r *renderer) bytes(s string) {
	if utf8.ValidString(s) && strings.IndexFunc(s, func(c rune) bool { return !strconv.IsPrint(c) }) < 0 {
		r.out = strconv.AppendQuote(r.out, s)
		return
	}
	r.say("0x")
	const digits = "0123456789abcdef"
	for i := range len(s) {
		r.out = append(r.out, digits[s[i]>>4], digits[s[i]&15])
	}
}

func (r *renderer) list(n *sender) {
	count := int(r.uint())
	r.say("[")
	for i := range count {
		if r.full() {
			return
		}
		if i > 0 {
			r.say(" ")
		}
		r.value(n.elem)
	}
	r.say("]")
}

func (r *renderer) entries(n *sender) {
	count := int(r.uint())
	r.say("map[")
	for i := range count {
		if r.full() {
			return
		}
		if i > 0 {
			r.say(" ")
		}
		r.value(n.key)
		r.say(":")
		r.value(n.elem)
	}
	r.say("]")
}

func (r *renderer) fields(n *sender) {
	r.say("{")
	next := int(r.uint()) - 1 // the field that comes next in the bytes, or -1
	for i := range n.fields {
		if r.full() {
			return
		}
		f := &n.fields[i]
		if i > 0 {
			r.say(" ")
		}
		r.say(f.name)
		r.say(":")
		if i != next {
			r.say(unsentText(f))
			continue
		}
		r.value(f.node)
		if delta := int(r.uint()); delta > 0 {
			next += delta
		} else {
			next = -1
		}
	}
	r.say("}")
}

// unsentText is how a field looks that was not sent. A pointer to zero and a
// nil pointer look the same, as they do to the receiver.
func unsentText(f *sentField) string {
	if f.indir > 0 {
		return "nil"
	}
	switch f.node.op {
	case opBool:
		return "false"
	case opInt, opUint, opFloat, opComplex:
		return "0"
	case opString, opBytes:
		return `""`
	case opSlice:
		return "[]"
	case opMap:
		return "map[]"
	case opSelf:
		if f.node.typ.Kind() != reflect.Pointer {
			return "zero"
		}
	}
	return "nil"
}

func (r *renderer) iface() {
	n := int(r.uint())
	if n == 0 {
		r.say("nil")
		return
	}
	named := namedTypeAt(r.buf, r.pos, n)
	r.pos += n
	if named == nil || named.send.err != nil {
		r.say("?")
		r.max = len(r.out)
		return
	}
	if named.send.root.op != opStruct {
		r.uint()
	} else {
		r.say(named.send.root.typ.Name())
	}
	r.value(named.send.root)
}
