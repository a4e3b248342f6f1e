package main

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

//go:embed report/*.html report/*.css
var reportFiles embed.FS

// A Report writes what a batch came to into a folder. All of it is the staff's,
// but for what is in the folder students:
//
//	index.html              the class at a glance
//	instructor.html         the suite beside the class: see instructor.go
//	handout.html            the lab's handout, where the rules are explained
//	grades.csv, ...         the class for programs: see formats.go
//	staff/NAME/index.html   what each test found, and the same for programs
//	staff/NAME/traces/      the diagrams that the page links to, and other
//	                        files that show a failure
//	students/NAME/          what the student may see of that: to be handed out
//
// Of a lab that stands on others the page has both runs, that on the student's
// own files and that on ours, and the class and grades.csv show the points of
// both.
//
// Its pages need nothing from the network, and a student's strings in them are
// escaped.
type Report struct {
	Out     string
	Lab     *Lab
	Teller  *Teller  // of what students may see; nil: as long as the deadline is not over
	Handout *Handout // nil: there is none
	Checks  string   // the folder of what was kept of checks; there may be none
	Soaks   string   // the folder of soaks; there may be none
	Plan    Plan
	When    time.Time // printed in the footer
	Stopped bool      // the grading was stopped before its end
	LeftOut []string  // what was found where the hand-ins are, and is not graded, with the reason
	Sandbox string    // what the hand-ins ran in, in words; "" for no sandbox
	Roster  *Roster   // whose each hand-in is; nil: the student's after whom it is named
}

var pages = template.Must(template.New("report").Funcs(template.FuncMap{
	"style":   style,
	"share":   share,
	"glyph":   glyph,
	"plain":   plain,
	"shown":   shown,
	"seconds": func(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) },
	"nodes":   nodes,
	"seeds":   seeds,
	"plural":  plural,
	"onWhat":  (*Card).onWhat,
	"verdict": (*Card).verdict,
	"base":    path.Base,
	"points":  pointsOn,
	"taken":   (*Lateness).taken,
	"bounded": (*Card).bounded,
	"bounds":  func() string { return boundsSaid },
	"usual":   func() string { return Policy{}.String() },
	"link":    linkTo,
	"each":    TestTally.each,
	"later":   func(c *Card) int { _, points := c.held(); return points },
}).ParseFS(reportFiles, "report/*.html"))

// report returns a report on a lab that is graded now.
func (c *Course) report(out string, lab *Lab, plan Plan) (*Report, error) {
	r := &Report{Out: out, Lab: lab, Plan: plan, When: time.Now(), Checks: c.path("out/check"), Soaks: c.path("out/soak")}
	var err error
	// Without a deadline nothing is told that is told after it.
	if r.Teller, err = c.teller(lab, true); err != nil {
		return nil, err
	}
	r.Handout, err = c.handout(lab)
	return r, err
}

// Student writes one student's two folders. It takes the traces out of the
// scratch folder, so it must be called before that goes.
func (r *Report) Student(c *Card) error {
	overrides, err := readOverrides(r.Out)
	if err != nil {
		return err
	}
	c.override(overrides)
	staff, student := filepath.Join(r.Out, "staff", c.Slug), filepath.Join(r.Out, "students", c.Slug)
	for _, dir := range []string{staff, student} {
		if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o755)); err != nil {
			return err
		}
	}
	if err := takeTraces(c, staff, "traces"); err != nil {
		return fmt.Errorf("report on %s: %w", c.Student, err)
	}
	teller := r.Teller
	if teller == nil {
		teller = &Teller{Lab: r.Lab, Early: true}
	}
	told, err := teller.tell(c)
	if err == nil {
		err = handTraces(told, staff, student)
	}
	if err != nil {
		return fmt.Errorf("report on %s: %w", c.Student, err)
	}
	return errors.Join(r.folder(staff, c, true), r.folder(student, told, false))
}

// folder writes the page of a card, and the files for programs.
func (r *Report) folder(dir string, c *Card, staff bool) error {
	formats := studentFormats
	if staff {
		formats = staffFormats
	}
	for _, f := range formats {
		if err := create(filepath.Join(dir, f.Name), func(w io.Writer) error { return f.write(w, c) }); err != nil {
			return err
		}
	}
	p := &cardPage{Report: r, Card: c, Staff: staff, Formats: formats}
	if r.Handout != nil && staff {
		p.Handout = "../../handout.html"
	} else if r.Handout != nil {
		p.Handout = "handout.html"
		if err := r.handout(dir); err != nil {
			return err
		}
	}
	return r.page("student.html", filepath.Join(dir, "index.html"), p)
}

// handout writes the handout into a folder, if there is one: what is handed out
// must not need what is not.
func (r *Report) handout(dir string) error {
	if r.Handout == nil {
		return nil
	}
	return r.page("handout.html", filepath.Join(dir, "handout.html"), r)
}

// Class writes the index and the files on the whole class.
func (r *Report) Class(cards []*Card) error {
	if err := os.MkdirAll(r.Out, 0o755); err != nil {
		return err
	}
	students, _ := r.Roster.each(r.Lab, cards)
	for _, f := range classFormats {
		if err := create(filepath.Join(r.Out, f.Name), func(w io.Writer) error { return f.write(w, r.Lab, students) }); err != nil {
			return err
		}
	}
	view, err := instructor(r, cards)
	if err != nil {
		return err
	}
	return errors.Join(r.handout(r.Out),
		r.page("instructor.html", filepath.Join(r.Out, "instructor.html"), view),
		r.page("index.html", filepath.Join(r.Out, "index.html"), classView(r, cards)))
}

func (r *Report) page(name, to string, data any) error {
	return create(to, func(w io.Writer) error { return pages.ExecuteTemplate(w, name, data) })
}

// pointsOn returns a card's points on a ground, and nothing if it was not run
// there.
func pointsOn(c *Card, on Ground) string {
	if c.Ground != on {
		c = c.Other
	}
	if c == nil {
		return ""
	}
	return strconv.Itoa(c.Points)
}

// style returns the style sheet that each page carries.
func style() (template.CSS, error) {
	text, err := reportFiles.ReadFile("report/style.css")
	return template.CSS(text), err
}

// share returns part of whole in percent, and 0 of nothing.
func share(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return part * 100 / whole
}

// glyph is a verdict for those who do not see its colour.
func glyph(v Verdict) string {
	return [...]string{Pass: "✓", Fail: "✗", Skipped: "–", Broken: "!"}[v]
}

func nodes(ids []int) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = strconv.Itoa(id)
	}
	return plural(len(ids), "node") + " " + strings.Join(words, ", ")
}

// seeds lists the first seeds that failed.
func seeds(all []uint64) string {
	const most = 8
	var words []string
	for _, s := range all[:min(len(all), most)] {
		words = append(words, strconv.FormatUint(s, 10))
	}
	if len(all) > most {
		words = append(words, "…")
	}
	return strings.Join(words, ", ")
}

// plural returns word for one, and words for any other number.
func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
