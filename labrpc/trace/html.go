package trace

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"
)

// HTMLOptions say what [WriteHTML] shows. The zero value is good.
type HTMLOptions struct {
	Title string // the page's heading; "" means lab and test

	// Violation is the broken rule to mark, after the event that is its
	// Cause. Nil means the trace's first event of kind Violation, if any.
	Violation *Event
	Evidence  []int64 // the events to ring besides that cause, by ID

	Replay     string // the command that repeats the run, "" for none
	Max        int    // how many events the page has, those near the violation; 0 means 20,000
	PayloadMax int    // cap of each payload in bytes; 0 means [DefaultPayloadMax]
}

// textMax caps what an event's words take in a page, in bytes.
const textMax = 2000

// WriteHTML writes t as a space-time diagram: one self-contained page that
// needs no network and opens from a file.
//
// Time runs downwards, a lane for each node. Order is exact; distance follows
// time, but long silences are shortened and crowded moments stretched.
// The page opens at the violation, or at event 812 as page.html#event=812. It
// draws only what is in sight, and fewer marks where they would crowd, so ten
// thousand events are no burden. A reader without scripts gets a table of the
// events around the violation.
//
// While links are cut the diagram is shaded: from a Partition event "cut A to
// B" to "mended A to B", from any other one to "healed".
func WriteHTML(w io.Writer, t Trace, opt HTMLOptions) error {
	if opt.Max <= 0 {
		opt.Max = 20_000
	}
	if opt.PayloadMax <= 0 {
		opt.PayloadMax = DefaultPayloadMax
	}
	all, violation := withViolation(t.Events, opt.Violation)
	data, err := json.Marshal(pageOf(t, all, violation, opt)) // escapes <, > and &
	if err != nil {
		return fmt.Errorf("write the trace as a page: %w", err)
	}
	page := struct {
		Title               string
		Style               template.CSS
		Script, Data        template.JS
		StyleSum, ScriptSum string
		Rows                []row
	}{
		pageTitle(t, opt), template.CSS(pageCSS), template.JS(pageJS), template.JS(data),
		sum(pageCSS), sum(pageJS), t.Header.rows(all, violation),
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, page); err != nil {
		return fmt.Errorf("write the trace as a page: %w", err)
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write the trace as a page: %w", err)
	}
	return nil
}

// The page is one template, one style sheet and a script in parts. Its content
// security policy allows these by their hashes and nothing else, so what a
// student wrote could not run even if it got past the escaping.
var (
	//go:embed page/page.html
	pageHTML string
	//go:embed page/page.css
	pageCSS string
	//go:embed page/*.js
	pageScripts embed.FS

	pageTemplate = template.Must(template.New("page").Parse(pageHTML))
	pageJS       = joined("data", "layout", "thin", "draw", "legend", "overview", "filter", "view", "inspect", "start")
)

// joined returns the parts of the script as one.
func joined(parts ...string) string {
	var all strings.Builder
	for _, part := range parts {
		js, err := pageScripts.ReadFile("page/" + part + ".js")
		if err != nil {
			panic(err) // it is embedded, or the package does not build
		}
		all.Write(js)
	}
	return all.String()
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(h[:])
}

func pageTitle(t Trace, opt HTMLOptions) string {
	if opt.Title != "" {
		return clean(cut(opt.Title, textMax))
	}
	return title(t)
}

// A row is an event in the table that stands in for the diagram where no
// script may run.
type row struct {
	ID               int64 // 0 for a verdict without a number
	Time, Node, What string
	Kind             Kind
}

// rows returns the table's events: some forty, three quarters of them before
// the violation, or the last ones where there is none.
func (h Header) rows(events []Event, violation int) []row {
	const size = 40
	from := max(0, len(events)-size)
	if violation >= 0 {
		from = min(from, max(0, violation-size*3/4))
	}
	rows := []row{}
	for i := from; i < min(len(events), from+size); i++ {
		e := &events[i]
		rows = append(rows, row{ID: e.ID, Time: millis(e.At), Node: h.name(e.Node), Kind: e.Kind, What: cut(h.what(e, 100), textMax)})
	}
	return rows
}
