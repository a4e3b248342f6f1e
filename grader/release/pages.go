package release

import (
	_ "embed"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

// pages takes the handouts of the labs, and, of what lies in handouts, all that
// they lead to: quizzes, figures, further pages. So a page is released if and
// only if a student finds it.
func (r *Release) pages() error {
	var next []string
	for _, lab := range r.labs {
		page := "handouts/" + lab.Dir + ".md"
		if r.course.Tree[page] == nil {
			return fmt.Errorf("%s has no handout: %s is not there", lab.Dir, page)
		}
		next = append(next, page)
	}
	for len(next) > 0 {
		page := next[0]
		next = next[1:]
		text, ok := r.course.Tree[page]
		if !ok || r.Files[page] != nil || path.Ext(page) == ".go" {
			continue
		}
		r.Files[page] = text
		for _, target := range links(page, text) {
			if strings.HasPrefix(target, "handouts/") && !r.unreleased(target) {
				next = append(next, target)
			}
		}
	}
	return nil
}

// unreleased reports whether a page is of a lab that is not released yet.
func (r *Release) unreleased(page string) bool {
	of := func(lab Lab) bool { return strings.TrimSuffix(path.Base(page), ".md") == lab.Dir }
	return slices.ContainsFunc(r.course.Labs, of) && !slices.ContainsFunc(r.labs, of)
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// links returns where the links of a page lead in the course.
func links(page string, text []byte) []string {
	if path.Ext(page) != ".md" {
		return nil
	}
	var targets []string
	for _, m := range link.FindAllSubmatch(text, -1) {
		target, _, _ := strings.Cut(string(m[1]), "#")
		if target != "" && !strings.Contains(target, "://") {
			targets = append(targets, path.Join(path.Dir(page), target))
		}
	}
	return targets
}

//go:embed README.md.tmpl
var readmeText string

var readme = template.Must(template.New("README.md").Parse(readmeText))

// readme writes what stands at the top of a release.
func (r *Release) readme() error {
	var out strings.Builder
	err := readme.Execute(&out, map[string]any{"Labs": r.labs, "First": r.labs[0], "Reference": r.options.Reference, "Version": r.Version})
	r.Files["README.md"] = []byte(out.String())
	return err
}
