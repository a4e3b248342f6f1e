package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// A checker of similarity compares what students wrote with what others wrote,
// and must know what all were given.
type similarCommand struct {
	Lab  string   `required:"" help:"The lab, by its folder's name."`
	Tool string   `required:"" enum:"jplag,moss" help:"Whose command is printed: jplag, which runs on your machine, or moss, which sends the files to Stanford."`
	Out  string   `short:"o" default:"out/similar" help:"A new folder: submissions/NAME for each student, and base for the stubs."`
	Path []string `arg:"" help:"As for grade."`
}

// similarTools are the commands, to be run in the folder. MOSS knows no Go;
// people let it read Go as C.
var similarTools = map[string]string{
	"jplag": "java -jar jplag.jar -l golang -bc base submissions",
	"moss":  "moss -l c -d $(find base -name '*.go' | sed 's/^/-b /') submissions/*/*.go",
}

// Run writes the folders and prints the command.
func (s *similarCommand) Run(course *Course) error {
	lab, err := findLab(course.Labs, s.Lab)
	if err != nil {
		return err
	}
	handIns, leftOut, err := discover(s.Path, lab)
	if err != nil {
		return err
	}
	n, troubles, err := course.similar(lab, handIns, s.Out)
	if err != nil {
		return err
	}
	for _, l := range slices.Concat(leftOut, troubles) {
		fmt.Println("left out:", plain(l))
	}
	fmt.Printf("%d hand-ins of %s in %s; compare them by:\n    cd %s && %s\n", n, lab.Dir, s.Out, quote(s.Out), similarTools[s.Tool])
	return nil
}

// similar writes a folder for each hand-in with the student's files of the lab,
// and one with the stubs. Of a lab that stands on others it is the files of the
// lab alone: those of the others were compared when they were handed in. What
// is the same as a stub, byte for byte, is nobody's work and stays out. It
// returns how many hand-ins it wrote, and why others are not there.
func (c *Course) similar(lab *Lab, handIns []HandIn, dir string) (written int, troubles []string, err error) {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return 0, nil, fmt.Errorf("%s is not empty: name a new folder with -o", dir)
	}
	stubs, err := c.stubsOf(lab)
	if err != nil {
		return 0, nil, err
	}
	if err := pack(stubs, filepath.Join(dir, "base"), ""); err != nil {
		return 0, nil, err
	}
	for _, h := range handIns {
		sub, err := c.ingest(h, lab)
		files := lab.filesOf(lab, sub.Files)
		none := len(files) == 0
		maps.DeleteFunc(files, func(name string, text []byte) bool { return bytes.Equal(stubs[name], text) })
		if len(files) == 0 {
			why := "it has nothing of " + lab.Dir + " but the stubs"
			if none && err != nil {
				why = err.Error()
			}
			troubles = append(troubles, h.Student+": "+why)
			continue
		}
		if err := pack(files, filepath.Join(dir, "submissions", slug(h.Student)), ""); err != nil {
			return 0, nil, err
		}
		written++
	}
	return written, troubles, nil
}
