package lint

import (
	"slices"
	"strings"
)

// common are the packages that every lab's files may import: they compute. None
// of them opens a file, starts a process, or reads or changes what it was not
// given. So what is not here is refused for a reason:
//
//   - unsafe, C, syscall, plugin and embed reach any memory of the process, or
//     any file: with them a hand-in could say of itself that it has passed;
//   - os, net and their like leave the simulated world;
//   - reflect and text/template read by name what others keep to themselves:
//     another node's term, the network's queue;
//   - runtime and runtime/debug stop or change the whole process;
//   - testing is the harness's.
//
// log stays: it is how people look for errors. Its Fatal ends the process, which
// is no pass, and its writer is stderr, which nobody believes.
var common = []string{
	"bufio", "bytes", "cmp", "container/heap", "container/list", "container/ring", "context",
	"crypto/md5", "crypto/sha1", "crypto/sha256", "crypto/sha512",
	"encoding", "encoding/base64", "encoding/binary", "encoding/gob", "encoding/hex", "encoding/json",
	"errors", "fmt", "hash", "hash/adler32", "hash/crc32", "hash/crc64", "hash/fnv", "io", "iter", "log", "log/slog",
	"maps", "math", "math/big", "math/bits", "math/cmplx", "math/rand", "math/rand/v2", "path", "regexp", "slices", "sort",
	"strconv", "strings", "sync", "sync/atomic", "text/tabwriter", "time", "unicode", "unicode/utf16", "unicode/utf8", "unique",
	"distlabs/labgob", "distlabs/labrpc",
}

// Common reports whether every lab's files may import the package.
func Common(path string) bool { return slices.Contains(common, path) }

// isKnown reports whether files of this lab may import the package. Of the
// course's own packages beside Common, the table of the labs decides.
func (k *checker) isKnown(path string) bool {
	return Common(path) || slices.Contains(k.imports, path) || strings.HasPrefix(path, "distlabs/lab")
}

// insteadOf says what most people want who import a package.
func insteadOf(path string) string {
	switch path {
	case "reflect":
		return "; slices.Equal, maps.Equal and == compare without it"
	case "os", "os/signal":
		return "; return an error where you would exit, and print with fmt or log"
	case "runtime", "runtime/debug":
		return "; wait on a channel or a sync.Cond instead of yielding"
	}
	return ""
}
