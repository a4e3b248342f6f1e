package main

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a hand-in may hold. A lab's files are some dozen kilobytes.
const (
	maxArchive  = 64 << 20  // bytes of an archive
	maxUnpacked = 256 << 20 // bytes that an archive may unpack to
	maxRatio    = 100       // times its own size, where that is more than a few megabytes
	maxEntries  = 20_000    // files and folders
	maxPath     = 1000      // bytes of a path
	maxFile     = 1 << 20   // bytes of one .go file
	maxGoFiles  = 500       // .go files
	maxAllFiles = 16 << 20  // bytes of all .go files
)

// A Tree is what was handed in: the text of its .go files by slash-separated
// path, and the paths of all that was not read, with the reason.
type Tree struct {
	Go      map[string][]byte
	LeftOut []LeftOut

	entries int
	bytes   int               // of all .go files
	folded  map[string]string // the paths of the .go files, by what a system calls them that knows no upper case
}

// LeftOut is a file that was handed in and is not used.
type LeftOut struct {
	Path string `json:"path"`
	Why  string `json:"why"`
}

func newTree() *Tree { return &Tree{Go: make(map[string][]byte), folded: make(map[string]string)} }

func (t *Tree) leave(path, why string) { t.LeftOut = append(t.LeftOut, LeftOut{path, why}) }

// take takes in one entry of an archive, by the one rule that there is for all
// kinds: a .go file is read; what an archiver or a file manager left is passed
// over; any other file is left out and said. An error says why the whole
// hand-in is refused: a path that leads outside or that not every system has
// room for, a link, a device, too much of anything.
func (t *Tree) take(name string, mode fs.FileMode, open func() (io.Reader, error)) error {
	t.entries++
	switch {
	case t.entries > maxEntries:
		return fmt.Errorf("it holds more than %d files", maxEntries)
	case len(name) > maxPath:
		return fmt.Errorf("it names a path of more than %d bytes, which begins with %q", maxPath, name[:60])
	case !fs.ValidPath(strings.ToValidUTF8(name, "?")) || strings.ContainsAny(name, "\\:\x00"):
		return fmt.Errorf("it names the path %q, which leads outside the archive or is no clean path", name)
	case mode&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a link; hand in the file itself", plain(name))
	case mode.IsDir() || slices.ContainsFunc(strings.Split(name, "/"), ignored):
		return nil
	case !mode.IsRegular():
		return fmt.Errorf("%s is a special file", plain(name))
	}
	if path.Ext(name) != ".go" {
		t.leave(strings.ToValidUTF8(name, "\uFFFD"), notGo(name))
		return nil
	}
	if err := t.welcome(name); err != nil {
		return err
	}
	r, err := open()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	// What a header says about a size is not believed.
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return t.add(name, data)
}

// welcome reports why a .go file of that name is refused.
func (t *Tree) welcome(name string) error {
	if why := odd(name); why != "" {
		return fmt.Errorf("the name %q %s; call the file otherwise", name, why)
	}
	folded := strings.ToLower(name)
	switch before, is := t.folded[folded]; {
	case is && before == name:
		return fmt.Errorf("it holds %s twice", name)
	case is:
		return fmt.Errorf("%s and %s differ only in case, and are one file on many systems", before, name)
	}
	t.folded[folded] = name
	return nil
}

// add takes in the text of one .go file, unless the hand-in grows too large by
// it.
func (t *Tree) add(name string, data []byte) error {
	t.Go[name] = data
	t.bytes += len(data)
	switch {
	case len(data) > maxFile:
		return fmt.Errorf("%s is larger than %d MB", name, maxFile>>20)
	case len(t.Go) > maxGoFiles || t.bytes > maxAllFiles:
		return fmt.Errorf("it holds more than %d .go files or %d MB of them", maxGoFiles, maxAllFiles>>20)
	}
	return nil
}

// notGo says why a file that is no .go file is left out.
func notGo(name string) string {
	if archiveKind(name) != "" {
		return "an archive in the hand-in is not unpacked; hand in its files"
	}
	return "no .go file"
}

// odd says what is wrong with a path that not every system can have, or that
// does not look like what it is, or "".
func odd(name string) string {
	switch {
	case !utf8.ValidString(name):
		return "is not UTF-8"
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }):
		return "has a control character in it"
	case strings.ContainsAny(name, `<>:"|?*\`):
		return "has a character in it that Windows does not allow"
	}
	for part := range strings.SplitSeq(name, "/") {
		stem, _, _ := strings.Cut(strings.ToUpper(part), ".")
		if slices.Contains(reserved, strings.TrimRight(stem, " ")) {
			return "is a device on Windows"
		}
		if strings.HasSuffix(part, ".") || strings.HasSuffix(part, " ") {
			return "has a part that ends in a dot or a space"
		}
	}
	return ""
}

// reserved are the names that Windows keeps for devices, whatever ending they
// have.
var reserved = []string{"CON", "PRN", "AUX", "NUL",
	"COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
	"LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9"}

// archiveKinds are the endings of the archives that can be handed in.
var archiveKinds = []string{".zip", ".tar.gz", ".tgz", ".tar.zst", ".tar"}

// archiveKind returns the ending by which a name is an archive's, or "".
func archiveKind(name string) string {
	lower := strings.ToLower(name)
	for _, kind := range archiveKinds {
		if strings.HasSuffix(lower, kind) {
			return kind
		}
	}
	return ""
}

// ignored reports whether a name is an archiver's or a file manager's litter.
func ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "__")
}
