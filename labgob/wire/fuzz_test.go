//go:build !race

// Types made by reflect at run time are not properly published to the goroutine
// that compiles plans, which knows nobody's past; types of a program always
// are. Without the detector it makes no difference.

package wire_test

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labgob/wire"
)

var byHand = []reflect.Type{
	reflect.TypeFor[term](), reflect.TypeFor[entry](), reflect.TypeFor[tree](),
	reflect.TypeFor[derived](), reflect.TypeFor[Base](), reflect.TypeFor[stamp](),
	reflect.TypeFor[forest](), reflect.TypeFor[chain](), reflect.TypeFor[time.Time](),
	reflect.TypeFor[*big.Int](), reflect.TypeFor[[]any](), reflect.TypeFor[map[string]any](),
}

var basic = []reflect.Type{
	reflect.TypeFor[bool](), reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[int16](),
	reflect.TypeFor[int32](), reflect.TypeFor[int64](), reflect.TypeFor[uint](), reflect.TypeFor[uint8](),
	reflect.TypeFor[uint16](), reflect.TypeFor[uint32](), reflect.TypeFor[uint64](), reflect.TypeFor[uintptr](),
	reflect.TypeFor[float32](), reflect.TypeFor[float64](), reflect.TypeFor[complex64](), reflect.TypeFor[complex128](),
	reflect.TypeFor[string](), reflect.TypeFor[[]byte](), reflect.TypeFor[any](),
}

// behind are the types of values that random interfaces hold.
var behind = []reflect.Type{
	reflect.TypeFor[int](), reflect.TypeFor[string](), reflect.TypeFor[entry](), reflect.TypeFor[*tree](),
	reflect.TypeFor[[]string](), reflect.TypeFor[map[string]any](), reflect.TypeFor[[]any](), reflect.TypeFor[time.Time](),
	reflect.TypeFor[uint16](), reflect.TypeFor[Base](),
}

// A maker draws types and values.
type maker struct{ *rand.Rand }

func (m maker) oneIn(n int) bool { return m.IntN(n) == 0 }

func (m maker) typ(depth int) reflect.Type {
	if depth == 0 || m.oneIn(5) {
		if m.oneIn(4) {
			return byHand[m.IntN(len(byHand))]
		}
		return basic[m.IntN(len(basic))]
	}
	switch m.IntN(7) {
	case 0:
		return reflect.PointerTo(m.typ(depth - 1))
	case 1:
		return reflect.SliceOf(m.typ(depth - 1))
	case 2:
		return reflect.ArrayOf(m.IntN(4), m.typ(depth-1))
	case 3:
		keys := []reflect.Type{reflect.TypeFor[string](), reflect.TypeFor[int](), reflect.TypeFor[term](), reflect.TypeFor[[2]int8](), reflect.TypeFor[uint8](), reflect.TypeFor[Base]()}
		return reflect.MapOf(keys[m.IntN(len(keys))], m.typ(depth-1))
	}
	var fields []reflect.StructField
	for _, i := range m.Perm(8)[:1+m.IntN(6)] {
		fields = append(fields, reflect.StructField{Name: string(rune('A' + i)), Type: m.typ(depth - 1)})
	}
	return reflect.StructOf(fields)
}

// other is a type that a receiver may have for what a sender sends as t:
// mostly compatible. The same t always becomes the same type.
func (m maker) other(t reflect.Type, memo map[reflect.Type]reflect.Type) reflect.Type {
	if r := memo[t]; r != nil {
		return r
	}
	r := m.change(t, memo)
	for _, taken := range memo {
		if taken == r {
			r = t // gob confuses two sent types that become the same one
		}
	}
	memo[t] = r
	return r
}

func (m maker) change(t reflect.Type, memo map[reflect.Type]reflect.Type) reflect.Type {
	switch {
	case m.oneIn(40):
		return m.typ(1)
	case m.oneIn(12):
		return reflect.PointerTo(t)
	case t.Name() != "" && t.PkgPath() != "":
		return t
	}
	switch k := t.Kind(); {
	case k >= reflect.Int && k <= reflect.Int64:
		return basic[1+m.IntN(5)]
	case k == reflect.Uint8:
		return t // decides whether a slice is bytes
	case k >= reflect.Uint && k <= reflect.Uintptr:
		return basic[8+m.IntN(4)]
	case k == reflect.Float32 || k == reflect.Float64:
		return basic[12+m.IntN(2)]
	case k == reflect.Complex64 || k == reflect.Complex128:
		return basic[14+m.IntN(2)]
	case k == reflect.Pointer:
		if m.oneIn(2) {
			return m.other(t.Elem(), memo)
		}
		return reflect.PointerTo(m.other(t.Elem(), memo))
	case k == reflect.Slice:
		return reflect.SliceOf(m.other(t.Elem(), memo))
	case k == reflect.Array:
		return reflect.ArrayOf(t.Len(), m.other(t.Elem(), memo))
	case k == reflect.Map:
		return reflect.MapOf(t.Key(), m.other(t.Elem(), memo))
	case k == reflect.Struct:
		var fields []reflect.StructField
		for _, i := range m.Perm(t.NumField()) {
			if f := t.Field(i); holdsInterface(f.Type, nil) || !m.oneIn(8) {
				fields = append(fields, reflect.StructField{Name: f.Name, Type: m.other(f.Type, memo)})
			}
		}
		if m.oneIn(3) {
			fields = append(fields, reflect.StructField{Name: "Z", Type: basic[m.IntN(len(basic))]})
		}
		return reflect.StructOf(fields)
	}
	return t
}

// holdsInterface tells types that gob cannot always skip: on a nil interface in
// a slice, and on types that are defined within a skipped value, it trips.
func holdsInterface(t reflect.Type, within []reflect.Type) bool {
	if slices.Contains(within, t) {
		return false
	}
	within = append(within, t)
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return holdsInterface(t.Elem(), within)
	case reflect.Map:
		return holdsInterface(t.Key(), within) || holdsInterface(t.Elem(), within)
	case reflect.Struct:
		for i := range t.NumField() {
			if holdsInterface(t.Field(i).Type, within) {
				return true
			}
		}
	}
	return false
}

// fill stores a random value in v, zero often.
func (m maker) fill(v reflect.Value, depth int) {
	if m.oneIn(4) || depth < 0 {
		return
	}
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(m.Int64N(1e9), m.Int64N(1e9)).UTC()))
		return
	case big.Int:
		v.Addr().Interface().(*big.Int).SetUint64(m.Uint64())
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(m.Uint64()) >> m.IntN(64))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.SetUint(m.Uint64() >> m.IntN(64))
	case reflect.Float32, reflect.Float64:
		v.SetFloat([]float64{1, -0.5, 3e38, m.NormFloat64(), 1e300}[m.IntN(5)])
	case reflect.Complex64, reflect.Complex128:
		v.SetComplex(complex(float64(m.IntN(3)), m.NormFloat64()))
	case reflect.String:
		v.SetString([]string{"", "x", "key", fmt.Sprint(m.Uint64()), string(make([]byte, m.IntN(300)))}[m.IntN(5)])
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		m.fill(v.Elem(), depth-1)
	case reflect.Slice:
		n := m.IntN(4)
		s := reflect.MakeSlice(v.Type(), n, n)
		for i := range n {
			m.fillElem(s.Index(i), depth-1)
		}
		v.Set(s.Slice(0, n-m.IntN(n+1)/2))
	case reflect.Array:
		for i := range v.Len() {
			m.fillElem(v.Index(i), depth-1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range m.IntN(4) {
			key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			m.fill(key, depth-1)
			m.fillElem(elem, depth-1)
			v.SetMapIndex(key, elem)
		}
	case reflect.Interface:
		held := reflect.New(behind[m.IntN(len(behind))]).Elem()
		m.fillElem(held, depth-1)
		v.Set(held)
	case reflect.Struct:
		for i := range v.NumField() {
			m.fill(v.Field(i), depth-1)
		}
	}
}

// fillElem is fill for a place where a nil pointer is an error; it leaves one
// there only rarely.
func (m maker) fillElem(v reflect.Value, depth int) {
	m.fill(v, depth)
	if !m.oneIn(50) {
		fillPointers(v)
	}
}

func fillPointers(v reflect.Value) {
	for ; v.Kind() == reflect.Pointer; v = v.Elem() {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
	}
}

var errPanic = errors.New("gob panics")

func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errPanic, r)
		}
	}()
	return f()
}

// compare sends one random value through gob and through wire.
func compare(t *testing.T, seed uint64) (sent, received bool) {
	m := maker{rand.New(rand.NewPCG(seed, 1))}
	from := m.typ(3)
	src := reflect.New(from)
	m.fill(src.Elem(), 6)
	fillPointers(src.Elem())

	var stream bytes.Buffer
	gobErr := guarded(func() error { return gob.NewEncoder(&stream).EncodeValue(src) })
	msg, err := wire.Marshal(src.Interface())
	if errors.Is(gobErr, errPanic) {
		return false, false // whatever we do is better
	}
	if gobErr != nil {
		require.Error(t, err, "seed %d: gob does not send %s: %v", seed, from, gobErr)
		return false, false
	}
	require.NoError(t, err, "seed %d: %s", seed, from)
	slack := 0
	if holdsInterface(from, nil) {
		slack = 16 // gob's own size varies with the order in which it walks a map
	}
	require.InDelta(t, stream.Len(), msg.Size(), float64(slack), "seed %d: size of %s", seed, from)

	to := from
	if !m.oneIn(3) {
		to = m.other(from, make(map[reflect.Type]reflect.Type))
	}
	dst := make([]reflect.Value, 2)
	old := m.oneIn(2)
	content := m.Uint64()
	for i := range dst {
		dst[i] = reflect.New(to)
		if old {
			maker{rand.New(rand.NewPCG(content, 2))}.fillElem(dst[i].Elem(), 6)
		}
	}
	gobErr = guarded(func() error { return gob.NewDecoder(&stream).DecodeValue(dst[0]) })
	err = msg.UnmarshalValue(dst[1])
	if errors.Is(gobErr, errPanic) || gobErr != nil && strings.Contains(gobErr.Error(), "bad data") {
		return true, false // gob trips over itself
	}
	if gobErr != nil {
		require.Error(t, err, "seed %d: gob does not receive %s in %s: %v", seed, from, to, gobErr)
		return true, false
	}
	require.NoError(t, err, "seed %d: %s in %s", seed, from, to)
	require.Equal(t, dst[0].Interface(), dst[1].Interface(), "seed %d: %s in %s", seed, from, to)
	return true, true
}

// What arrives, and how many bytes it takes, is what real gob makes of it.
func TestMessagesArriveAsThroughGob(t *testing.T) {
	quiet(t)
	const rounds = 1500
	sent, received := 0, 0
	for seed := range uint64(rounds) {
		s, r := compare(t, seed)
		if s {
			sent++
		}
		if r {
			received++
		}
	}
	require.Greater(t, sent, rounds*8/10, "too few random values can be sent for the test to say much")
	require.Greater(t, received, rounds/2, "too few random values can be received for the test to say much")
}

func FuzzMessage(f *testing.F) {
	quiet(f)
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { compare(t, seed) })
}
