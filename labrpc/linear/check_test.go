package linear_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/linear"
)

var update = flag.Bool("update", false, "write what the scenes tell into testdata/words.txt")

// Scenes, and the call that is wrong in each; "" if none is.
var scenes = []struct {
	name  string
	play  func(s *scene)
	wrong string
}{
	{"nothing", func(s *scene) {}, ""},
	{"one after the other", func(s *scene) {
		s.do(1, getX(), absent)
		s.do(1, putX("a"), made(1))
		s.do(2, appendX("b"), made(2))
		s.do(1, getX(), is("ab", 2))
		s.do(2, swapX(2, "c"), made(3))
		s.do(1, swapX(2, "d"), refused(3))
		s.do(2, deleteX(), result{ok: true})
		s.do(1, deleteX(), absent)
		s.do(1, getX(), absent)
	}, ""},
	{"stale read", func(s *scene) {
		s.do(1, putX("a"), made(1))
		s.do(1, appendX("b"), made(2))
		s.do(2, getX(), is("a", 1))
	}, "client 2's Get(x)"},
	{"the same read, while the append runs", func(s *scene) {
		s.do(1, putX("a"), made(1))
		s.begin(1, appendX("b"))
		s.do(2, getX(), is("a", 1))
		s.end(1, made(2))
	}, ""},
	{"back in time", func(s *scene) {
		s.do(1, putX("a"), made(1))
		s.begin(1, appendX("b"))
		s.do(2, getX(), is("ab", 2))
		s.do(3, getX(), is("a", 1))
		s.end(1, made(2))
	}, "client 3's Get(x)"},
	{"lost update", func(s *scene) {
		s.do(1, putX("a"), made(1))
		s.do(2, putX("b"), made(1))
	}, "client 2's Put(x, b)"},
	{"an update that is lost later", func(s *scene) {
		s.do(1, putX("a"), made(1))
		s.do(2, appendX("b"), made(2))
		s.do(3, appendX("c"), made(3))
		s.do(1, getX(), is("ac", 3))
	}, "client 1's Get(x)"},
	{"double append", func(s *scene) {
		s.do(1, appendX("a"), made(1))
		s.do(2, getX(), is("aa", 2))
	}, "client 2's Get(x)"},
	{"double append that shows in a version only", func(s *scene) {
		s.do(1, appendX("a"), made(2))
	}, "client 1's Append(x, a)"},
	{"order inverted", func(s *scene) {
		s.begin(1, appendX("a"))
		s.begin(2, appendX("b"))
		s.end(1, made(1))
		s.end(2, made(2))
		s.do(3, getX(), is("ba", 2))
	}, "client 3's Get(x)"},
	{"one order for all, whatever it is", func(s *scene) {
		s.begin(1, appendX("a"))
		s.begin(2, appendX("b"))
		s.begin(3, appendX("c"))
		s.end(1, made(3))
		s.end(2, made(1))
		s.end(3, made(2))
		s.do(1, getX(), is("bca", 3))
	}, ""},
	{"a swap won twice", func(s *scene) {
		s.do(1, putX("a"), made(1))
		s.begin(1, swapX(1, "b"))
		s.begin(2, swapX(1, "c"))
		s.end(1, made(2))
		s.end(2, made(2))
	}, "client 2's CompareAndSwap(x, version 1, c)"},
	{"a swap lost that nobody won", func(s *scene) {
		s.do(1, putX("a"), made(1))
		s.do(2, swapX(1, "c"), refused(2))
	}, "client 2's CompareAndSwap(x, version 1, c)"},
	{"a deleted key seen", func(s *scene) {
		s.do(1, putX("a"), made(1))
		s.do(1, deleteX(), result{ok: true})
		s.do(2, getX(), is("a", 1))
	}, "client 2's Get(x)"},
	{"a call that is open may have happened", func(s *scene) {
		s.do(1, putX("a"), made(1))
		s.begin(2, appendX("b"))
		s.do(3, getX(), is("ab", 2))
	}, ""},
	{"or later", func(s *scene) {
		s.do(1, putX("a"), made(1))
		s.begin(2, appendX("b"))
		s.do(3, getX(), is("a", 1))
		s.do(3, getX(), is("ab", 2))
	}, ""},
	{"or it is the only one", func(s *scene) {
		s.begin(2, appendX("b"))
	}, ""},
	{"or never", func(s *scene) {
		s.begin(2, appendX("b"))
		s.do(3, getX(), absent)
	}, ""},
	{"but only once", func(s *scene) {
		s.begin(2, appendX("b"))
		s.do(3, getX(), is("b", 1))
		s.do(3, getX(), is("bb", 2))
	}, "client 3's Get(x)"},
	{"and not before it began", func(s *scene) {
		s.do(3, getX(), is("b", 1))
		s.begin(2, appendX("b"))
	}, "client 3's Get(x)"},
	{"an order that nobody would think of", func(s *scene) {
		s.begin(1, putX("a"))
		s.begin(2, getX())
		s.begin(3, swapX(1, "c"))
		s.begin(4, deleteX())
		s.begin(5, appendX("e"))
		s.end(2, absent)
		s.end(5, made(3))
		s.end(4, result{ok: true})
		s.end(3, made(2))
		s.end(1, made(1))
		s.do(2, getX(), absent)
	}, ""},
}

// Each scene is right, or it is not and the call that fits no more is named.
func TestScenes(t *testing.T) {
	for _, scene := range scenes {
		t.Run(scene.name, func(t *testing.T) {
			s := newScene()
			scene.play(s)
			report := s.Check()
			require.Equal(t, s.Len(), report.Calls)
			if scene.wrong == "" {
				require.Equal(t, linear.Legal, report.Verdict)
				require.Nil(t, report.Breach)
				return
			}
			require.Equal(t, linear.Illegal, report.Verdict)
			require.Equal(t, linear.Linearizable, report.Breach.Rule)
			require.Contains(t, report.Breach.Text, scene.wrong)
			require.False(t, report.Breach.Undecided)
		})
	}
}

// What a student reads of each scene that is wrong.
func TestWords(t *testing.T) {
	var b strings.Builder
	for _, scene := range scenes {
		s := newScene()
		scene.play(s)
		if breach := s.Check().Breach; breach != nil {
			fmt.Fprintf(&b, "-- %s --\n%s\n", scene.name, breach.Text)
			for _, line := range breach.Detail {
				fmt.Fprintf(&b, "    %s\n", line)
			}
		}
	}
	path := filepath.Join("testdata", "words.txt")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run with -update")
	require.Equal(t, string(want), b.String())
}
