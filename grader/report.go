package main

import (
	"embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

//go:embed report/*.html report/*.css
var reportFiles embed.FS

// A Report writes what a batch came to into a folder:
//
//	index.html               the class at a glance
//	grades.csv               a line a student
//	students/NAME/index.html what each test found
//	students/NAME/report.txt the same as text
//	students/NAME/results.json the same for machines
//	students/NAME/traces/    the diagrams that the page links to, and other
//	                         files that show a failure
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
	Plan    Plan
	When    time.Time // printed in the footer
	Stopped bool      // the grading was stopped before its end
	Sandbox string    // what the hand-ins ran in, in words; "" for no sandbox
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
	"view":    view,
	"base":    path.Base,
	"points":  pointsOn,
}).ParseFS(reportFiles, "report/*.html"))

// Student writes one student's folder. It takes the traces out of the scratch
// folder, so it must be called before that goes.
func (r *Report) Student(c *Card) error {
	dir := filepath.Join(r.Out, "students", c.Slug)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := takeTraces(c, dir, "traces"); err != nil {
		return fmt.Errorf("report on %s: %w", c.Student, err)
	}
	text, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "results.json"), append(text, '\n'), 0o644); err != nil {
		return err
	}
	var b strings.Builder
	if err := writeText(&b, c); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "report.txt"), []byte(b.String()), 0o644); err != nil {
		return err
	}
	return r.page("student.html", filepath.Join(dir, "index.html"), map[string]any{"Report": r, "Card": c})
}

// takeTraces copies each piece of evidence's trace, and what else shows it, into
// a folder beside the page, and makes the evidence point there.
func takeTraces(c *Card, dir, folder string) error {
	if c.Other != nil {
		if err := takeTraces(c.Other, dir, folder+"/"+string(c.Other.Ground)); err != nil {
			return err
		}
	}
	for i := range c.Parts {
		for j := range c.Parts[i].Tests {
			t := &c.Parts[i].Tests[j]
			for k := range t.Evidence {
				if err := t.Evidence[k].take(dir, fmt.Sprintf("%s/%s-%d", folder, t.Test, t.Evidence[k].Seed)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// take copies what shows the failure to places below dir that begin with to,
// and forgets what is not there: the page can do without.
func (e *Evidence) take(dir, to string) error {
	files := e.Files
	e.Files = nil
	for _, from := range files {
		name := filepath.Base(from)
		taken, err := take(from, dir, to+"/"+name)
		if err != nil {
			return err
		}
		if taken {
			e.Files = append(e.Files, to+"/"+name)
		}
	}
	taken, err := take(e.Trace, dir, to+".html")
	e.Trace = ""
	if taken {
		e.Trace = to + ".html"
	}
	return err
}

// leftName is what a file that a run left may be called: by its ending it is for
// people to look at, and no source.
var leftName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*\.(html|txt|json|svg)$`)

// maxTaken is how large a file that a run left may be in a report.
const maxTaken = 64 << 20

// take copies a file that a run left to a place below dir, if it is there. Where
// it lies the student's code has been at work: a link, which may lead to a
// hidden test, is not followed, and a file without end is not read.
func take(from, dir, to string) (taken bool, err error) {
	if !leftName.MatchString(filepath.Base(from)) {
		return false, nil
	}
	info, err := os.Lstat(from)
	if missing(err) || err == nil && (!info.Mode().IsRegular() || info.Size() > maxTaken) {
		return false, nil
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(from)
	}
	if err != nil {
		return false, err
	}
	at := filepath.Join(dir, filepath.FromSlash(to))
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return false, err
	}
	return true, os.WriteFile(at, data, 0o644)
}

// Class writes the index and the grades.
func (r *Report) Class(cards []*Card) error {
	if err := os.MkdirAll(r.Out, 0o755); err != nil {
		return err
	}
	if err := r.grades(cards); err != nil {
		return err
	}
	return r.page("index.html", filepath.Join(r.Out, "index.html"), classView(r, cards))
}

func (r *Report) page(name, to string, data any) error {
	return create(to, func(w io.Writer) error { return pages.ExecuteTemplate(w, name, data) })
}

// grades writes grades.csv.
func (r *Report) grades(cards []*Card) error {
	head := []string{"student", "points", "max"}
	if len(r.Lab.On) > 0 {
		head = append(head, string(Own), string(Reference))
	}
	for _, p := range r.Lab.Parts {
		head = append(head, p.Name)
	}
	rows := [][]string{append(head, "verdict", "causes")}
	for _, c := range cards {
		row := []string{cell(c.Student), strconv.Itoa(c.Points), strconv.Itoa(c.Max)}
		if len(r.Lab.On) > 0 {
			row = append(row, pointsOn(c, Own), pointsOn(c, Reference))
		}
		for _, p := range c.Parts {
			row = append(row, strconv.Itoa(p.Points))
		}
		rows = append(rows, append(row, c.verdict().String(), strings.Join(c.Causes(), " ")))
	}
	return create(filepath.Join(r.Out, "grades.csv"), func(w io.Writer) error { return csv.NewWriter(w).WriteAll(rows) })
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

// A cardView is a card whose tests have addresses on the page that begin with
// Prefix, so that two cards have room on it.
type cardView struct {
	*Card
	Prefix string
}

func view(c *Card, prefix string) cardView { return cardView{c, prefix} }

// cell keeps a spreadsheet from taking a student's name for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
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
