package trace_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/trace"
)

// drawnMost is more elements than the page may ever draw at once, and far
// fewer than ten thousand events would take.
const drawnMost = 5000

// A large is the page of a run of ten thousand events, and a browser.
type large struct {
	trace trace.Trace
	file  string
	b     *browser
}

// open opens the page in a window of that size.
func (l large) open(t *testing.T, width, height int) *tab {
	t.Helper()
	p := l.b.open(t, fileURL(l.file, ""), width, height)
	require.Equal(t, "yes", p.eval("document.documentElement.dataset.drawn"))
	t.Cleanup(func() { require.Empty(t, p.complaints()) })
	return p
}

func TestTenThousandEventsInABrowser(t *testing.T) {
	l := large{trace: busy(10_000), b: openBrowser(t)}
	file, content := savePage(t, l.trace, trace.HTMLOptions{Evidence: []int64{l.trace.Events[4980].ID}, Replay: "go test ./lab4-raft -sim.seed=11"})
	require.Less(t, len(content), 4<<20, "the page of %d events", len(l.trace.Events))
	l.file = file
	for name, try := range map[string]func(*testing.T, large){
		"opens at the violation": opensAtTheViolation,
		"draws what is in sight": drawsWhatIsInSight,
		"zoom":                   zooms,
		"pan":                    pans,
		"filter":                 filters,
		"search":                 searches,
		"details":                tellsWhatIsClicked,
		"go to the violation":    goesToTheViolation,
		"print":                  prints,
		"phone and dark":         phoneAndDark,
		"without scripts":        withoutScripts,
	} {
		t.Run(name, func(t *testing.T) { try(t, l) })
	}
}

// violationOf returns the index of the run's violation.
func violationOf(t *testing.T, tr trace.Trace) int {
	t.Helper()
	for i, e := range tr.Events {
		if e.Kind == trace.Violation {
			return i
		}
	}
	require.Fail(t, "the run has no violation")
	return -1
}

// inSight reports whether the middle of an element is in the window.
func inSight(p *tab, selector string) bool {
	p.t.Helper()
	return p.eval(fmt.Sprintf(`(() => {
		const e = document.querySelector(%q), w = document.getElementById("scroll").getBoundingClientRect();
		if (!e) return false;
		const b = e.getBoundingClientRect(), y = b.y + b.height / 2;
		return y > w.top + 30 && y < w.bottom;
	})()`, selector)).(bool)
}

func opensAtTheViolation(t *testing.T, l large) {
	p := l.open(t, 1280, 800)
	p.keep("open.png")
	require.True(t, inSight(p, ".ev.violation"))
	require.Less(t, p.count("#plot *"), drawnMost)
	require.Greater(t, p.count(".ev"), 20)
	require.Greater(t, p.count("#axis text"), 10, "the axis tells the time")
	require.Equal(t, "100 %", p.text("#zoom"))
	require.Equal(t, 1, p.count("#overview .broke"))
}

func drawsWhatIsInSight(t *testing.T, l large) {
	p, tr := l.open(t, 1280, 800), l.trace
	p.eval(`document.getElementById("scroll").scrollTop = 0`)
	p.settle()
	require.True(t, inSight(p, "#ev-0"))
	seen := p.eval(`(async () => {
		const scroll = document.getElementById("scroll"), seen = new Set();
		const frame = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
		let most = 0;
		for (;;) {
			for (const e of document.querySelectorAll(".ev")) seen.add(e.dataset.i);
			most = Math.max(most, document.querySelectorAll("#plot *").length);
			const before = scroll.scrollTop;
			scroll.scrollTop += 1500;
			await frame();
			if (scroll.scrollTop === before) return [seen.size, most];
		}
	})()`).([]any)
	require.EqualValues(t, len(tr.Events), seen[0], "every event comes by")
	require.Less(t, seen[1], float64(drawnMost))
}

func zooms(t *testing.T, l large) {
	p, tr := l.open(t, 1280, 800), l.trace
	v := fmt.Sprintf("#ev-%d", violationOf(t, tr))
	p.click("#in")
	require.Equal(t, "150 %", p.text("#zoom"))
	p.key("-")
	p.click("#out")
	require.Equal(t, "67 %", p.text("#zoom"))
	p.key("1")
	require.Equal(t, "100 %", p.text("#zoom"))

	p.wheel(500, 500, -100, true)
	p.until(`document.getElementById("zoom").textContent !== "100 %"`)
	p.key("1")
	p.wheel(500, 500, -100, false)
	require.Equal(t, "100 %", p.text("#zoom"), "the bare wheel moves")

	p.key("v")
	p.key("0")
	p.keep("fit.png")
	require.True(t, inSight(p, v))
	require.Less(t, p.count("#plot *"), drawnMost, "the whole run is drawn with fewer marks")
	require.NotZero(t, p.count(".crowd"))
	require.Equal(t, kindCounts(tr)[trace.Crash], p.count(".ev.crash"), "what is rare is always drawn")
	require.Contains(t, p.text("#status"), "crowded")
	fits := p.eval(`(s => s.scrollHeight <= s.clientHeight + 1)(document.getElementById("scroll"))`)
	require.Equal(t, true, fits, "the whole run fits")
	for range 30 {
		p.key("+")
	}
	require.Equal(t, "800 %", p.text("#zoom"))
	require.True(t, inSight(p, v), "what is held stays in sight")
}

func pans(t *testing.T, l large) {
	p := l.open(t, 1280, 800)
	top := func() float64 { return p.eval(`document.getElementById("scroll").scrollTop`).(float64) }
	start := top()
	p.key("ArrowDown")
	require.InDelta(t, start+60, top(), 1)
	mouse := func(kind string, x, y int) {
		p.do("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1})
	}
	mouse("mousePressed", 180, 400)
	mouse("mouseMoved", 180, 350)
	mouse("mouseMoved", 180, 300)
	mouse("mouseReleased", 180, 300)
	p.settle()
	require.InDelta(t, start+160, top(), 1, "the picture follows the mouse")
	require.Zero(t, p.count(".chosen"), "and nothing is held after it")
	p.click("#overview")
	total := p.eval(`document.getElementById("body").offsetHeight`).(float64)
	require.InDelta(t, total/2, top(), 1000, "the strip leads to where it is pressed")
}

func filters(t *testing.T, l large) {
	p, tr := l.open(t, 1280, 800), l.trace
	p.click("#filter summary")
	p.keep("filter.png")
	p.click(`#filter input[data-value="1"]`)
	require.Equal(t, "s0s2s3s4", p.eval(`[...document.querySelectorAll("#heads span:not(.corner)")].map(s => s.textContent).join("")`))
	others := 0
	for _, e := range tr.Events {
		if e.Node != 1 || e.Kind == trace.Drop || e.Kind == trace.Violation {
			others++
		}
	}
	require.Contains(t, strings.ReplaceAll(p.text("#status"), ",", ""), fmt.Sprintf("%d of %d events", others, len(tr.Events)))
	require.NotZero(t, p.eval(`[...document.querySelectorAll(".ev")].length`))

	p.click(`#filter input[data-value="1"]`)
	p.click(`#filter input[data-value="Raft.AppendEntries"]`)
	require.Zero(t, p.count(`.ev[aria-label*="AppendEntries"]`))
	require.True(t, inSight(p, ".ev.violation"), "the place is kept")
	p.click(`#filter input[data-value="Raft.AppendEntries"]`)
	require.NotZero(t, p.count(`.ev[aria-label*="AppendEntries"]`))

	require.NotZero(t, p.count("#plot .cross"))
	p.click(`#filter input[data-value="drop"]`)
	require.Zero(t, p.count("#plot .cross"), "losses can be hidden")
	require.Equal(t, "Filter (1)", p.text("#filter summary"))
}

func searches(t *testing.T, l large) {
	p, tr := l.open(t, 1280, 800), l.trace
	p.key("/")
	p.do("Input.insertText", map[string]any{"text": "crash s2"})
	crashes := 0
	for _, e := range tr.Events {
		if e.Kind == trace.Crash && e.Node == 2 {
			crashes++
		}
	}
	require.NotZero(t, crashes)
	p.until(fmt.Sprintf(`document.getElementById("found").textContent === "%d found"`, crashes))
	p.click("#next")
	require.Contains(t, p.text("#found"), "1 of")
	require.True(t, inSight(p, ".ev.crash.chosen.found"))
	p.click("#filter summary")
	p.click("#matches")
	require.Contains(t, p.text("#status"), fmt.Sprintf("%d of", crashes+1), "the matches and the violation")
}

func tellsWhatIsClicked(t *testing.T, l large) {
	p, tr := l.open(t, 1280, 800), l.trace
	ofCall := make(map[int64]int)
	for _, e := range tr.Events {
		ofCall[e.Call]++
	}
	i := violationOf(t, tr) - 1
	for tr.Events[i].Kind != trace.Deliver || !tr.Events[i].Reply || ofCall[tr.Events[i].Call] != 4 {
		i--
	}
	e := tr.Events[i]
	p.click(fmt.Sprintf("#ev-%d .mark", i))
	require.Equal(t, fmt.Sprintf("Event %d: deliver", e.ID), p.text("#detail h2"))
	detail := p.text("#detail")
	for _, words := range []string{fmt.Sprintf("%.3f ms", float64(e.At)/1e6), e.Method, fmt.Sprintf("call %d", e.Call),
		fmt.Sprintf("event %d, send", e.Cause), e.Payload.Text(1000), "node then"} {
		require.Contains(t, detail, words)
	}
	require.Equal(t, fmt.Sprintf("#event=%d", e.ID), p.eval("location.hash"))
	require.Greater(t, p.count(".ev.past"), 1)

	// Its call: request and reply, each sent and delivered.
	p.eval(`[...document.querySelectorAll("#detail .follow button")].find(b => b.textContent === "its call").click()`)
	require.Equal(t, 4, p.count(".ev.past"))
	require.Equal(t, 2, p.count(".arrow.past"))
	p.eval(`[...document.querySelectorAll("#detail .follow button")].find(b => b.textContent === "only these").click()`)
	p.settle()
	p.keep("call.png")
	require.Contains(t, p.text("#status"), "5 of", "the call and the violation")
	p.eval(`[...document.querySelectorAll("#detail .follow button")].find(b => b.textContent === "only these").click()`)

	// Left goes to the cause, Escape lets go, and an arrow is its delivery.
	p.key("ArrowLeft")
	require.Equal(t, fmt.Sprintf("Event %d: send", e.Cause), p.text("#detail h2"))
	p.key("Escape")
	require.Zero(t, p.count(".chosen"))
	require.NotContains(t, p.eval("location.hash"), "event")
	at := p.eval(fmt.Sprintf(`(() => {
		const a = document.getElementById("ev-%d").getBoundingClientRect(), b = document.getElementById("ev-%d").querySelector(".mark").getBoundingClientRect();
		const c = document.getElementById("ev-%[1]d").querySelector(".mark").getBoundingClientRect();
		return [b.x + 4 + (c.x - b.x) * 0.55, b.y + 4 + (c.y - b.y) * 0.55];
	})()`, i, e.Cause-1)).([]any)
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		p.do("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1})
	}
	p.settle()
	require.Equal(t, fmt.Sprintf("Event %d: deliver", e.ID), p.text("#detail h2"))
}

func goesToTheViolation(t *testing.T, l large) {
	p, tr := l.open(t, 1280, 800), l.trace
	p.eval(`document.getElementById("scroll").scrollTop = 0`)
	p.settle()
	require.False(t, inSight(p, ".ev.violation"))
	p.click("#goto")
	require.True(t, inSight(p, ".ev.violation.chosen"))
	require.Contains(t, p.text("#detail"), tr.Events[violationOf(t, tr)].Text)
	require.NotZero(t, p.count("#plot .culprit"), "what the rule points at is ringed")
}

func prints(t *testing.T, l large) {
	p := l.open(t, 1280, 800)
	p.do("Emulation.setEmulatedMedia", map[string]any{"media": "print"})
	p.eval(`dispatchEvent(new Event("beforeprint"))`)
	require.Equal(t, 1, p.count(".ev.violation"))
	require.Equal(t, "none", p.eval(`getComputedStyle(document.getElementById("tools")).display`))
	require.LessOrEqual(t, p.eval(`document.getElementById("plot").getBoundingClientRect().height`), 800.0)
	p.eval(`dispatchEvent(new Event("afterprint"))`)
	p.do("Emulation.setEmulatedMedia", map[string]any{"media": ""})
	p.settle()
	require.True(t, inSight(p, ".ev.violation"), "the window is as it was")

	paper := p.print("violation.pdf")
	require.True(t, strings.HasPrefix(paper, "%PDF"))
	pages := strings.Count(paper, "/Type /Page\n") + strings.Count(paper, "/Type /Page /") // not /Pages
	require.LessOrEqual(t, pages, 2)
	require.NotZero(t, pages)
}

func phoneAndDark(t *testing.T, l large) {
	p := l.open(t, 390, 800)
	require.True(t, inSight(p, ".ev.violation"))
	require.Equal(t, true, p.eval("document.documentElement.scrollWidth <= 390"), "the page is no wider than the phone")
	require.Greater(t, p.eval(`document.getElementById("scroll").clientHeight`), 250.0, "the diagram keeps its share")
	p.keep("phone.png")
	light := p.eval(`getComputedStyle(document.documentElement).backgroundColor`)
	p.do("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": "dark"}}})
	require.NotEqual(t, light, p.eval(`getComputedStyle(document.documentElement).backgroundColor`))
	p.keep("dark.png")
}

func withoutScripts(t *testing.T, l large) {
	p, tr := l.b.open(t, "about:blank", 1000, 800), l.trace
	p.do("Emulation.setScriptExecutionDisabled", map[string]any{"value": true})
	p.navigate(fileURL(l.file, ""))
	p.keep("table.png")
	require.Equal(t, 41, p.count("noscript tr"))
	require.Contains(t, p.text("noscript .violation"), tr.Events[violationOf(t, tr)].Text)
	require.Equal(t, true, p.eval(`document.querySelector("noscript table").getBoundingClientRect().height > 300`))
}
