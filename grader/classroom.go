package main

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"strings"
	"text/template"
)

// A workflow for GitHub Classroom runs the public tests of a lab, each as a
// step of its own, since a step gives its points or none. The points are the
// table's. Hidden tests stay here: what lies in a student's repository is the
// student's to read and to change, the workflow too, so this is for learning,
// and grades come from the grader.

//go:embed classroom.yml.tmpl
var classroomText string

var classroom = template.Must(template.New("classroom.yml").Delims("[[", "]]").Parse(classroomText))

// A classroomTest is one step of the workflow.
type classroomTest struct {
	Test   string
	Points int
	ID     string // of the step
}

// writeClassroom writes the workflow.
func writeClassroom(w io.Writer, c *Course, lab *Lab) error {
	public, err := c.publicTests(lab)
	if err != nil {
		return err
	}
	var tests []classroomTest
	var ids []string
	for _, part := range lab.Parts {
		for _, test := range part.Tests {
			if public[test.Name] {
				// The reporter looks for ID_RESULTS, in upper case, and wants
				// letters and digits in an ID.
				id := strings.ToUpper(strings.ReplaceAll(test.Name, "_", ""))
				tests = append(tests, classroomTest{test.Name, test.Points, id})
				ids = append(ids, id)
			}
		}
	}
	if len(tests) == 0 {
		return fmt.Errorf("%s has no public test that the table knows", lab.Dir)
	}
	return classroom.Execute(w, map[string]any{"Lab": lab, "Tests": tests, "IDs": strings.Join(ids, ",")})
}

type classroomCommand struct {
	Lab string `required:"" help:"The lab, by its folder's name."`
	Out string `short:"o" placeholder:"FILE" help:"The file (default: it is printed); in a repository its place is .github/workflows/classroom.yml."`
}

// Run writes the workflow.
func (k *classroomCommand) Run(course *Course) error {
	lab, err := findLab(course.Labs, k.Lab)
	if err != nil {
		return err
	}
	if k.Out == "" {
		return writeClassroom(os.Stdout, course, lab)
	}
	return create(k.Out, func(w io.Writer) error { return writeClassroom(w, course, lab) })
}
