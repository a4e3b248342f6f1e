package wire_test

import (
	"bytes"
	"encoding/gob"
	"testing"

	"distlabs/labgob/wire"
)

type ask struct {
	Term, Candidate int64
	Key             string
}

type log struct {
	Term    int
	Entries []entry
}

var (
	smallArgs = &ask{Term: 7, Candidate: 3, Key: "key-17"}
	largeArgs = func() *log {
		l := &log{Term: 9}
		for i := range 10 {
			l.Entries = append(l.Entries, entry{Term: 9, Index: uint32(i), Command: "put x"})
		}
		return l
	}()
)

func benchmarkMessage[T any](b *testing.B, args *T) {
	quiet(b)
	b.ReportAllocs()
	for b.Loop() {
		m, err := wire.Marshal(args)
		if err != nil {
			b.Fatal(err)
		}
		var got T
		if err := m.Unmarshal(&got); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkGob[T any](b *testing.B, args *T) {
	b.ReportAllocs()
	for b.Loop() {
		var stream bytes.Buffer
		if err := gob.NewEncoder(&stream).Encode(args); err != nil {
			b.Fatal(err)
		}
		var got T
		if err := gob.NewDecoder(&stream).Decode(&got); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMessageSmall(b *testing.B)   { benchmarkMessage(b, smallArgs) }
func BenchmarkMessageEntries(b *testing.B) { benchmarkMessage(b, largeArgs) }
func BenchmarkGobSmall(b *testing.B)       { benchmarkGob(b, smallArgs) }
func BenchmarkGobEntries(b *testing.B)     { benchmarkGob(b, largeArgs) }

func BenchmarkMessageText(b *testing.B) {
	m, err := wire.Marshal(smallArgs)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		m.Text(80)
	}
}

func BenchmarkMessageHash(b *testing.B) {
	m, err := wire.Marshal(largeArgs)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		m.Hash()
	}
}
