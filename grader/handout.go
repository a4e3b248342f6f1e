package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"html/template"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	table "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// A Handout is a lab's handout as part of a page, and where in it a rule is
// explained.
type Handout struct {
	Body template.HTML

	rules    map[string]string // the place of each rule that it names: an id
	headings map[string]string // the place of each heading: an id
	says     map[string]string // what a rule says, where a table has it
}

// handout returns the lab's handout, or nil if it has none.
//
// Links to the course's files are text in it, since a report lies elsewhere,
// and figures are part of the page.
func (c *Course) handout(lab *Lab) (*Handout, error) {
	file := c.path("handouts/" + lab.Dir + ".md")
	source, err := os.ReadFile(file)
	if missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	doc := md.Parser().Parse(text.NewReader(source))
	h := &Handout{rules: make(map[string]string), headings: make(map[string]string), says: make(map[string]string)}
	h.find(doc, source)
	if err := settle(doc, source, filepath.Dir(file)); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var page bytes.Buffer
	if err := md.Renderer().Render(&page, source, doc); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	h.Body = template.HTML(page.String())
	return h, nil
}

// ruleName is how the rules are called.
var ruleName = regexp.MustCompile(`^[A-Z][A-Za-z0-9]+$`)

// find gives the rules that stand at the beginning of a row an id, and takes
// down where they and the headings are. A rule that has no row is where it is
// first named, below a heading.
func (h *Handout) find(doc ast.Node, source []byte) {
	heading := ""
	named := make(map[string]string)
	// The walk ends only when it is told to.
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			if id, ok := n.AttributeString("id"); ok {
				heading = string(id.([]byte))
				h.headings[words(n, source)] = heading
			}
		case *table.TableRow:
			name := words(n.FirstChild(), source)
			if ruleName.MatchString(name) && h.rules[name] == "" && n.FirstChild().NextSibling() != nil {
				n.SetAttributeString("id", []byte("rule-"+name))
				h.rules[name], h.says[name] = "rule-"+name, words(n.FirstChild().NextSibling(), source)
			}
		case *ast.CodeSpan:
			if name := words(n, source); named[name] == "" {
				named[name] = heading
			}
		}
		return ast.WalkContinue, nil
	})
	for name, at := range named {
		if ruleName.MatchString(name) && h.rules[name] == "" {
			h.rules[name] = at
		}
	}
}

// words returns the text of a node.
func words(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				b.Write(n.Value(source))
				if n.SoftLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.String:
			if entering {
				b.Write(n.Value)
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// settle makes a page of a document that can lie anywhere.
func settle(doc ast.Node, source []byte, dir string) error {
	var links, images []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Link:
			if to := string(n.Destination); entering && !strings.HasPrefix(to, "#") && !strings.Contains(to, "://") {
				links = append(links, n)
			}
		case *ast.Image:
			if entering {
				images = append(images, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, n := range images {
		image := n.(*ast.Image)
		figure, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(string(image.Destination))))
		if err != nil {
			return err
		}
		tag := ast.NewString([]byte(fmt.Sprintf(`<img alt="%s" src="data:image/svg+xml;base64,%s">`,
			html.EscapeString(words(image, source)), base64.StdEncoding.EncodeToString(figure))))
		tag.SetCode(true) // it is not to be escaped
		n.Parent().ReplaceChild(n.Parent(), n, tag)
	}
	for _, n := range links {
		parent := n.Parent()
		for child := n.FirstChild(); child != nil; child = n.FirstChild() {
			parent.InsertBefore(parent, n, child)
		}
		parent.RemoveChild(parent, n)
	}
	return nil
}

// cited is how a failure cites a heading of the handout.
var cited = regexp.MustCompile(`\(handout "([^"]+)"\)`)

// Place returns the id of the place that explains a rule: its own, or that of
// the heading which the failure cites; "" if there is none. The handout may be
// nil.
func (h *Handout) Place(rule, why string) string {
	if h == nil {
		return ""
	}
	if at := h.rules[rule]; at != "" {
		return at
	}
	if m := cited.FindStringSubmatch(why); m != nil {
		return h.headings[m[1]]
	}
	return ""
}

// Says returns what a rule says, or "" if no row of the handout has it.
func (h *Handout) Says(rule string) string {
	if h == nil {
		return ""
	}
	return h.says[rule]
}

// Cite returns a sentence as HTML, with the headings that it cites as links
// into the handout at href.
func (h *Handout) Cite(sentence, href string) template.HTML {
	var b strings.Builder
	rest := plain(sentence)
	for {
		m := cited.FindStringSubmatchIndex(rest)
		if m == nil || h == nil {
			break
		}
		heading := rest[m[2]:m[3]]
		b.WriteString(html.EscapeString(rest[:m[0]]))
		if id := h.headings[heading]; id != "" {
			fmt.Fprintf(&b, `(handout <a href="%s#%s">%s</a>)`, html.EscapeString(href), html.EscapeString(id), html.EscapeString(heading))
		} else {
			b.WriteString(html.EscapeString(rest[m[0]:m[1]]))
		}
		rest = rest[m[1]:]
	}
	b.WriteString(html.EscapeString(rest))
	return template.HTML(b.String())
}
