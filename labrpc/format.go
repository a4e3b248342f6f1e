package labrpc

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// sprintf is fmt.Sprintf. fmt recycles its buffers through a pool, and in the
// race detector's eyes that orders two goroutines that log: a log line would
// hide the race that it was put there to find. So under the detector what is
// made of plain numbers, words and truth values is formatted here. The rest,
// and whatever has methods, is fmt's.
func sprintf(format string, args []any) string {
	if RaceEnabled {
		if text, ok := plainSprintf(format, args); ok {
			return text
		}
	}
	return fmt.Sprintf(format, args...)
}

// plainSprintf formats what it can, and exactly as fmt does.
func plainSprintf(format string, args []any) (text string, ok bool) {
	var out []byte
	for {
		i := strings.IndexByte(format, '%')
		if i < 0 || i+1 == len(format) {
			break
		}
		out = append(out, format[:i]...)
		format = format[i+1:]
		if format[0] == '%' {
			out, format = append(out, '%'), format[1:]
			continue
		}
		v := verb{}
		if v.plus = strings.HasPrefix(format, "+v"); v.plus {
			format = format[1:]
		}
		v.letter, format = format[0], format[1:]
		if !strings.ContainsRune("dqstv", rune(v.letter)) || len(args) == 0 || args[0] == nil {
			return "", false
		}
		if out, ok = v.value(out, reflect.ValueOf(args[0])); !ok {
			return "", false
		}
		args = args[1:]
	}
	if len(args) > 0 || strings.HasSuffix(format, "%") {
		return "", false
	}
	return string(append(out, format...)), true
}

type verb struct {
	letter byte // d, s, t, q or v, or one that is fmt's
	plus   bool // of %+v
}

func (v verb) value(out []byte, x reflect.Value) ([]byte, bool) {
	t := x.Type()
	if t.NumMethod() > 0 {
		return nil, false // it may want to be asked
	}
	switch {
	case x.CanInt() && (v.letter == 'd' || v.letter == 'v'):
		return strconv.AppendInt(out, x.Int(), 10), true
	case x.CanUint() && t.Kind() != reflect.Uintptr && (v.letter == 'd' || v.letter == 'v'):
		return strconv.AppendUint(out, x.Uint(), 10), true
	case t.Kind() == reflect.Bool && (v.letter == 't' || v.letter == 'v'):
		return strconv.AppendBool(out, x.Bool()), true
	case t.Kind() == reflect.String && (v.letter == 's' || v.letter == 'v'):
		return append(out, x.String()...), true
	case t.Kind() == reflect.String && v.letter == 'q':
		return strconv.AppendQuote(out, x.String()), true
	case t.Kind() == reflect.Slice && (t.Elem().Kind() != reflect.Uint8 || v.letter == 'd'):
		return v.elements(append(out, '['), x)
	case t.Kind() == reflect.Struct:
		return v.fields(append(out, '{'), x)
	case t.Kind() == reflect.Interface && !x.IsNil():
		return v.value(out, x.Elem())
	}
	return nil, false
}

func (v verb) elements(out []byte, x reflect.Value) (_ []byte, ok bool) {
	for i := range x.Len() {
		if i > 0 {
			out = append(out, ' ')
		}
		if out, ok = v.value(out, x.Index(i)); !ok {
			return nil, false
		}
	}
	return append(out, ']'), true
}

func (v verb) fields(out []byte, x reflect.Value) (_ []byte, ok bool) {
	for i := range x.NumField() {
		if i > 0 {
			out = append(out, ' ')
		}
		if v.plus {
			out = append(append(out, x.Type().Field(i).Name...), ':')
		}
		if out, ok = v.value(out, x.Field(i)); !ok {
			return nil, false
		}
	}
	return append(out, '}'), true
}
