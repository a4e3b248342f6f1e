package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"time"
)

// options are the flags that test, stress and replay have in common.
type options struct {
	part, run string
	race      choice
	seed      seedFlag
	overlay   string
	pkg       string
	realtime  bool
	jobs      int
	limit     time.Duration
}

func (o *options) define(fs *flag.FlagSet) {
	fs.Var(&o.race, "race", "look for data races (test: yes where the machine can; else: no)")
	fs.Var(&o.seed, "seed", "the seed `N` of the run (default: made from the test's name)")
	fs.StringVar(&o.overlay, "overlay", "", "build with this overlay `file` (go help build)")
	fs.StringVar(&o.pkg, "package", "", "the `directory` of the tests (default: the lab's)")
	fs.BoolVar(&o.realtime, "realtime", false, "run on the wall clock instead of in virtual time")
	fs.IntVar(&o.jobs, "jobs", runtime.NumCPU(), "how many tests run at the same time")
	fs.DurationVar(&o.limit, "limit", 2*time.Minute, "the real time after which a test is stopped")
}

func (o *options) defineChoice(fs *flag.FlagSet) {
	fs.StringVar(&o.part, "part", "", "only the tests of this `part`, 1C")
	fs.StringVar(&o.run, "run", "", "only the tests whose name matches this `regexp`")
}

// A choice is a yes, a no, or nothing said.
type choice struct{ said, yes bool }

func (c *choice) IsBoolFlag() bool { return true }

func (c *choice) String() string {
	if c == nil || !c.said {
		return ""
	}
	return strconv.FormatBool(c.yes)
}

func (c *choice) Set(s string) (err error) {
	c.said = true
	c.yes, err = strconv.ParseBool(s)
	return err
}

// A seedFlag is a seed that may be given.
type seedFlag struct {
	given bool
	seed  uint64
}

func (f *seedFlag) String() string {
	if f == nil || !f.given {
		return ""
	}
	return strconv.FormatUint(f.seed, 10)
}

func (f *seedFlag) Set(s string) (err error) {
	f.seed, err = strconv.ParseUint(s, 10, 64)
	if err != nil {
		return errors.New("a seed is a whole number, 0 to 18446744073709551615")
	}
	f.given = true
	return nil
}

// newFlags makes the flag set of a command. It prints nothing itself: an error
// is one sentence, and only -h asks for help.
func newFlags(name string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	return fs
}

// help prints what a command does and its flags.
func help(s session, fs *flag.FlagSet) {
	for _, c := range commands() {
		if c.name == fs.Name() {
			s.printf("Usage: lab %s %s\n%s.\n", c.name, c.args, c.what)
		}
	}
	fs.SetOutput(s.out)
	fs.PrintDefaults()
}

// parse reads flags before, between and after the names, and returns the
// names. Between least and most of them must be there; want says which.
func parse(s session, fs *flag.FlagSet, args []string, least, most int, want string) ([]string, error) {
	var names []string
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				help(s, fs)
			}
			return nil, err
		}
		if fs.NArg() == 0 {
			break
		}
		names = append(names, fs.Arg(0))
		args = fs.Args()[1:]
	}
	if len(names) < least {
		return nil, fmt.Errorf("say %s", want)
	}
	if len(names) > most {
		return nil, fmt.Errorf("%q is one word too many: say %s", names[most], want)
	}
	return names, nil
}
