package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// A Selftest lets a catalogue of attacks loose on the grader: each is ingested
// and vetted as a hand-in is, and then run in the sandbox all the same, as if
// the vetting had let it pass.
type Selftest struct {
	Course  *Course // with the sandbox to test
	Scratch string  // an absolute folder; the caller removes it
	Jobs    int

	lab  *Lab
	bait *bait
}

// selftestLimits are of one attack; an honest run takes milliseconds.
var selftestLimits = Limits{Real: 4 * time.Second, Output: 256 << 10, Memory: 400 << 20}

// run runs the catalogue and returns it with what was found.
func (s *Selftest) run(ctx context.Context) ([]*Attack, error) {
	all, err := s.Course.attacks()
	if err != nil {
		return nil, err
	}
	lab, err := findLab(s.Course.Labs, attackedLab)
	if err != nil {
		return nil, err
	}
	own := *lab
	own.Limits = selftestLimits
	s.lab = &own
	stubs, err := s.Course.stubs(s.lab)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		h, err := a.hand(stubs, s.Scratch)
		if err == nil {
			err = a.read(s.Course, s.lab, h)
		}
		if err != nil {
			return nil, fmt.Errorf("attack %s: %w", a.Name, err)
		}
	}
	if s.bait, err = layBait(s.Scratch); err != nil {
		return nil, err
	}
	defer s.bait.close()
	return all, s.runAll(ctx, all, stubs)
}

// runAll builds the attacks, all in one binary but for those that do not bear
// company, and runs each.
func (s *Selftest) runAll(ctx context.Context, all []*Attack, stubs map[string][]byte) error {
	together := make(map[string][]byte)
	for _, a := range all {
		if a.runs() && a.Head["alone"] == "" {
			for name := range a.Files {
				together[name] = a.sub.Files[name]
			}
		}
	}
	bin, err := s.build(ctx, "together", stubs, together)
	if err != nil {
		return err
	}
	var group errgroup.Group
	group.SetLimit(s.Jobs)
	for _, a := range all {
		if !a.runs() {
			continue
		}
		of := bin
		if a.Head["alone"] != "" {
			if of, err = s.build(ctx, a.Name, stubs, a.sub.Files); err != nil {
				return err
			}
		}
		group.Go(func() error {
			how, err := s.strike(ctx, of, a)
			a.Run = how
			return err
		})
	}
	return group.Wait()
}

// build builds the hidden suite with the attacks' files beside the stubs.
func (s *Selftest) build(ctx context.Context, name string, stubs, attacks map[string][]byte) (*Binary, error) {
	support, err := os.ReadFile(s.Course.path("grader/testdata/attacks/strike.go.txt"))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{"a_strike.go": support}
	for _, set := range []map[string][]byte{stubs, attacks} {
		for name, text := range set {
			files[name] = text
		}
	}
	const entry = "\treturn &VectorClock{}"
	files["vector.go"] = bytes.Replace(stubs["vector.go"], []byte(entry), []byte("\tstrike()\n"+entry), 1)
	dir := filepath.Join(s.Scratch, "build-"+name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	suite, err := s.Course.build(s.lab, &Submission{Student: name, Files: files, Paths: namesAsPaths(files)}, s.lab.hidden(), dir)
	if err != nil {
		return nil, err
	}
	bin, err := suite.binary(ctx, true)
	var trouble *Trouble
	if errors.As(err, &trouble) {
		return nil, fmt.Errorf("the attacks do not compile:\n%s", strings.Join(trouble.Lines, "\n"))
	}
	return bin, err
}

// strike runs one attack, and returns what stopped it, or "".
func (s *Selftest) strike(ctx context.Context, bin *Binary, a *Attack) (how string, err error) {
	armed := *bin
	armed.Env = append(s.bait.env(), "ATTACK="+a.Name)
	dir := filepath.Join(s.Scratch, "left-"+a.Name)
	test := Test{Name: attackedTest}
	begin := time.Now()
	p, records, err := s.Course.execute(ctx, &armed, test, Shot{Seed: 1, Race: true, Processors: 2}, dir)
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if err != nil {
		return "refused: " + firstLine(s.Course.shorten(err.Error())), nil
	}
	o := Outcome{Test: test.Name}
	s.Course.judge(&o, s.lab, test, p, records)
	_, word, reached := strings.Cut(p.Stdout, "\nREACHED ")
	switch {
	case o.Verdict == Pass:
		a.Through = "the test passed"
	case reached:
		a.Through = "it reached " + firstLine(word)
	case s.bait.taken(a.Name):
		a.Through = "it changed the secret, or a service heard it"
	case alive("attack-daemon-"+a.Name, 20*time.Second):
		a.Through = "a process of it lives"
	case leads(dir):
		a.Through = "it left a link"
	case len(p.Stdout) > int(selftestLimits.Output)+200:
		a.Through = fmt.Sprintf("%d bytes of its output were kept", len(p.Stdout))
	case time.Since(begin) > 30*selftestLimits.Real:
		a.Through = "it was not ended in time"
	}
	if a.Through != "" {
		return "", nil
	}
	f := o.Failures[0]
	return fmt.Sprintf("%s: %s", o.Verdict, firstLine(f.Rule+": "+f.Text)), os.RemoveAll(dir)
}

// firstLine returns the beginning of a text, for a table.
func firstLine(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	if r := []rune(text); len(r) > 100 {
		return string(r[:100]) + "…"
	}
	return text
}

// alive reports whether there is a process of that name, even after some time:
// the processes of a namespace end a moment after its first.
func alive(name string, patience time.Duration) bool {
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		lines, _ := filepath.Glob("/proc/[0-9]*/cmdline") // the pattern is well formed
		there := slices.ContainsFunc(lines, func(path string) bool {
			line, _ := os.ReadFile(path) // it may have ended
			return bytes.HasPrefix(line, []byte(name+"\x00"))
		})
		if !there || time.Now().After(end) {
			return there
		}
	}
}

// leads reports whether anything in dir is neither a file nor a folder.
func leads(dir string) bool {
	found := false
	_ = filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
		found = found || err == nil && !e.IsDir() && !e.Type().IsRegular()
		return nil
	})
	return found
}

// A bait is what the attacks want of the grader's machine: a file with a
// secret, open in a descriptor that children inherit, a database, as a file and
// as an address in the grader's environment, and services that note who calls.
type bait struct {
	secret   string
	database string
	open     *os.File
	tcp      net.Listener
	unix     []net.Listener
	udp      net.PacketConn
	messages atomic.Int32
}

const secretText = "the grader's secret"

func layBait(scratch string) (b *bait, err error) {
	b = &bait{secret: filepath.Join(scratch, "secret"), database: filepath.Join(scratch, "grader.db")}
	if err := errors.Join(os.WriteFile(b.secret, []byte(secretText), 0o644), os.WriteFile(b.database, nil, 0o666), os.Chmod(b.database, 0o666)); err != nil {
		return nil, err
	}
	if err := os.Setenv(addressVariable, "postgres://grader:"+secretText+"@db/grades"); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(scratch, "neighbour"), nil, 0o644); err != nil {
		return nil, err
	}
	if b.open, err = os.Open(b.secret); err != nil {
		return nil, err
	}
	if err = inherit(b.open); err != nil {
		return nil, err
	}
	if b.tcp, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	for _, name := range []string{filepath.Join(scratch, "socket"), "@grader-selftest-" + filepath.Base(scratch)} {
		l, err := net.Listen("unix", name)
		if err != nil {
			return nil, err
		}
		b.unix = append(b.unix, l)
	}
	if b.udp, err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	go func() {
		for {
			if _, _, err := b.udp.ReadFrom(make([]byte, 64)); err != nil {
				return
			}
			b.messages.Add(1)
		}
	}()
	return b, nil
}

func (b *bait) env() []string {
	var names []string
	for _, l := range b.unix {
		names = append(names, l.Addr().String())
	}
	return []string{"ATTACK_SECRET=" + b.secret, "ATTACK_DATABASE=" + b.database, "ATTACK_TCP=" + b.tcp.Addr().String(),
		"ATTACK_UDP=" + b.udp.LocalAddr().String(), "ATTACK_UNIX=" + strings.Join(names, " ")}
}

// taken reports whether an attack got what no word of its own tells of.
func (b *bait) taken(attack string) bool {
	text, err := os.ReadFile(b.secret)
	return err != nil || string(text) != secretText || attack == "udp" && b.messages.Load() > 0
}

func (b *bait) close() {
	os.Unsetenv(addressVariable)
	b.open.Close()
	b.tcp.Close()
	b.udp.Close()
	for _, l := range b.unix {
		l.Close()
	}
}
