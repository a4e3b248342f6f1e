package trace_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/browsertest"
	"distlabs/labrpc/trace"
)

// drawnMost is more elements than the page may ever draw at once, and far
// fewer than ten thousand events would take.
const drawnMost = 5000

// A large is the page of a run of ten thousand events, and a browser.
type large struct {
	trace trace.Trace
	file  string
	b     *browsertest.Browser
}

// open opens the page in a window of that size.
func (l large) open(t *testing.T, width, height int) *browsertest.Tab {
	t.Helper()
	p := l.b.Open(t, browsertest.FileURL(l.file, ""), width, height)
	require.Equal(t, "yes", p.Eval("document.documentElement.dataset.drawn"))
	t.Cleanup(func() { require.Empty(t, p.Complaints()) })
	return p
}

func TestTenThousandEventsInABrowser(t *testing.T) {
	l := large{trace: busy(10_000), b: browsertest.Open(t)}
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
func inSight(p *browsertest.Tab, selector string) bool {
	return p.Eval(fmt.Sprintf(`(() => {
		const e = document.querySelector(%q), w = document.getElementById("scroll").getBoundingClientRect();
		if (!e) return false;
		const b = e.getBoundingClientRect(), y = b.y + b.height / 2;
		return y > w.top + 30 && y < w.bottom;
	})()`, selector)).(bool)
}

func opensAtTheViolation(t *testing.T, l large) {
	p := l.open(t, 1280, 800)
	p.Keep("open.png")
	require.True(t, inSight(p, ".ev.violation"))
	require.Less(t, p.Count("#plot *"), drawnMost)
	require.Greater(t, p.Count(".ev"), 20)
	require.Greater(t, p.Count("#axis text"), 10, "the axis tells the time")
	require.Equal(t, "100 %", p.Text("#zoom"))
	require.Equal(t, 1, p.Count("#overview .broke"))
}

func drawsWhatIsInSight(t *testing.T, l large) {
	p, tr := l.open(t, 1280, 800), l.trace
	p.Eval(`document.getElementById("scroll").scrollTop = 0`)
	p.Settle()
	require.True(t, inSight(p, "#ev-0"))
	seen := p.Eval(`(async () => {
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
	p.Click("#in")
	require.Equal(t, "150 %", p.Text("#zoom"))
	p.Key("-")
	p.Click("#out")
	require.Equal(t, "67 %", p.Text("#zoom"))
	p.Key("1")
	require.Equal(t, "100 %", p.Text("#zoom"))

	p.Wheel(500, 500, -100, true)
	p.Until(`document.getElementById("zoom").textContent !== "100 %"`)
	p.Key("1")
	p.Wheel(500, 500, -100, false)
	require.Equal(t, "100 %", p.Text("#zoom"), "the bare wheel moves")

	p.Key("v")
	p.Key("0")
	p.Keep("fit.png")
	require.True(t, inSight(p, v))
	require.Less(t, p.Count("#plot *"), drawnMost, "the whole run is drawn with fewer marks")
	require.NotZero(t, p.Count(".crowd"))
	require.Equal(t, kindCounts(tr)[trace.Crash], p.Count(".ev.crash"), "what is rare is always drawn")
	require.Contains(t, p.Text("#status"), "crowded")
	fits := p.Eval(`(s => s.scrollHeight <= s.clientHeight + 1)(document.getElementById("scroll"))`)
	require.Equal(t, true, fits, "the whole run fits")
	for range 30 {
		p.Key("+")
	}
	require.Equal(t, "800 %", p.Text("#zoom"))
	require.True(t, inSight(p, v), "what is held stays in sight")
}

func pans(t *testing.T, l large) {
	p := l.open(t, 1280, 800)
	top := func() float64 { return p.Eval(`document.getElementById("scroll").scrollTop`).(float64) }
	start := top()
	p.Key("ArrowDown")
	require.InDelta(t, start+60, top(), 1)
	mouse := func(kind string, x, y int) {
		p.Do("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1})
	}
	mouse("mousePressed", 180, 400)
	mouse("mouseMoved", 180, 350)
	mouse("mouseMoved", 180, 300)
	mouse("mouseReleased", 180, 300)
	p.Settle()
	require.InDelta(t, start+160, top(), 1, "the picture follows the mouse")
	require.Zero(t, p.Count(".chosen"), "and nothing is held after it")
	p.Click("#overview")
	total := p.Eval(`document.getElementById("body").offsetHeight`).(float64)
	require.InDelta(t, total/2, top(), 1000, "the strip leads to where it is pressed")
}

func filters(t *testing.T, l large) {
	p, tr := l.open(t, 1280, 800), l.trace
	p.Click("#filter summary")
	p.Keep("filter.png")
	p.Click(`#filter input[data-value="1"]`)
	require.Equal(t, "s0s2s3s4", p.Eval(`[...document.querySelectorAll("#heads span:not(.corner)")].map(s => s.textContent).join("")`))
	others := 0
	for _, e := range tr.Events {
		if e.Node != 1 || e.Kind == trace.Drop || e.Kind == trace.Violation {
			others++
		}
	}
	require.Contains(t, strings.ReplaceAll(p.Text("#status"), ",", ""), fmt.Sprintf("%d of %d events", others, len(tr.Events)))
	require.NotZero(t, p.Eval(`[...document.querySelectorAll(".ev")].length`))

	p.Click(`#filter input[data-value="1"]`)
	p.Click(`#filter input[data-value="Raft.AppendEntries"]`)
	require.Zero(t, p.Count(`.ev[aria-label*="AppendEntries"]`))
	require.True(t, inSight(p, ".ev.violation"), "the place is kept")
	p.Click(`#filter input[data-value="Raft.AppendEntries"]`)
	require.NotZero(t, p.Count(`.ev[aria-label*="AppendEntries"]`))

	require.NotZero(t, p.Count("#plot .cross"))
	p.Click(`#filter input[data-value="drop"]`)
	require.Zero(t, p.Count("#plot .cross"), "losses can be hidden")
	require.Equal(t, "Filter (1)", p.Text("#filter summary"))
}

func searches(t *testing.T, l large) {
	p, tr := l.open(t, 1280, 800), l.trace
	p.Key("/")
	p.Do("Input.insertText", map[string]any{"text": "crash s2"})
	crashes := 0
	for _, e := range tr.Events {
		if e.Kind == trace.Crash && e.Node == 2 {
			crashes++
		}
	}
	require.NotZero(t, crashes)
	p.Until(fmt.Sprintf(`document.getElementById("found").textContent === "%d found"`, crashes))
	p.Click("#next")
	require.Contains(t, p.Text("#found"), "1 of")
	require.True(t, inSight(p, ".ev.crash.chosen.found"))
	p.Click("#filter summary")
	p.Click("#matches")
	require.Contains(t, p.Text("#status"), fmt.Sprintf("%d of", crashes+1), "the matches and the violation")
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
	p.Click(fmt.Sprintf("#ev-%d .mark", i))
	require.Equal(t, fmt.Sprintf("Event %d: deliver", e.ID), p.Text("#detail h2"))
	detail := p.Text("#detail")
	for _, words := range []string{fmt.Sprintf("%.3f ms", float64(e.At)/1e6), e.Method, fmt.Sprintf("call %d", e.Call),
		fmt.Sprintf("event %d, send", e.Cause), e.Payload.Text(1000), "node then"} {
		require.Contains(t, detail, words)
	}
	require.Equal(t, fmt.Sprintf("#event=%d", e.ID), p.Eval("location.hash"))
	require.Greater(t, p.Count(".ev.past"), 1)

	// Its call: request and reply, each sent and delivered.
	p.Eval(`[...document.querySelectorAll("#detail .follow button")].find(b => b.textContent === "its call").click()`)
	require.Equal(t, 4, p.Count(".ev.past"))
	require.Equal(t, 2, p.Count(".arrow.past"))
	p.Eval(`[...document.querySelectorAll("#detail .follow button")].find(b => b.textContent === "only these").click()`)
	p.Settle()
	p.Keep("call.png")
	require.Contains(t, p.Text("#status"), "5 of", "the call and the violation")
	p.Eval(`[...document.querySelectorAll("#detail .follow button")].find(b => b.textContent === "only these").click()`)

	// Left goes to the cause, Escape lets go, and an arrow is its delivery.
	p.Key("ArrowLeft")
	require.Equal(t, fmt.Sprintf("Event %d: send", e.Cause), p.Text("#detail h2"))
	p.Key("Escape")
	require.Zero(t, p.Count(".chosen"))
	require.NotContains(t, p.Eval("location.hash"), "event")
	at := p.Eval(fmt.Sprintf(`(() => {
		const a = document.getElementById("ev-%d").getBoundingClientRect(), b = document.getElementById("ev-%d").querySelector(".mark").getBoundingClientRect();
		const c = document.getElementById("ev-%[1]d").querySelector(".mark").getBoundingClientRect();
		return [b.x + 4 + (c.x - b.x) * 0.55, b.y + 4 + (c.y - b.y) * 0.55];
	})()`, i, e.Cause-1)).([]any)
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		p.Do("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1})
	}
	p.Settle()
	require.Equal(t, fmt.Sprintf("Event %d: deliver", e.ID), p.Text("#detail h2"))
}

func goesToTheViolation(t *testing.T, l large) {
	p, tr := l.open(t, 1280, 800), l.trace
	p.Eval(`document.getElementById("scroll").scrollTop = 0`)
	p.Settle()
	require.False(t, inSight(p, ".ev.violation"))
	p.Click("#goto")
	require.True(t, inSight(p, ".ev.violation.chosen"))
	require.Contains(t, p.Text("#detail"), tr.Events[violationOf(t, tr)].Text)
	require.NotZero(t, p.Count("#plot .culprit"), "what the rule points at is ringed")
}

func prints(t *testing.T, l large) {
	p := l.open(t, 1280, 800)
	p.Do("Emulation.setEmulatedMedia", map[string]any{"media": "print"})
	p.Eval(`dispatchEvent(new Event("beforeprint"))`)
	require.Equal(t, 1, p.Count(".ev.violation"))
	require.Equal(t, "none", p.Eval(`getComputedStyle(document.getElementById("tools")).display`))
	require.LessOrEqual(t, p.Eval(`document.getElementById("plot").getBoundingClientRect().height`), 800.0)
	p.Eval(`dispatchEvent(new Event("afterprint"))`)
	p.Do("Emulation.setEmulatedMedia", map[string]any{"media": ""})
	p.Settle()
	require.True(t, inSight(p, ".ev.violation"), "the window is as it was")

	paper := p.Print("violation.pdf")
	require.True(t, strings.HasPrefix(paper, "%PDF"))
	pages := strings.Count(paper, "/Type /Page\n") + strings.Count(paper, "/Type /Page /") // not /Pages
	require.LessOrEqual(t, pages, 2)
	require.NotZero(t, pages)
}

func phoneAndDark(t *testing.T, l large) {
	p := l.open(t, 390, 800)
	require.True(t, inSight(p, ".ev.violation"))
	require.Equal(t, true, p.Eval("document.documentElement.scrollWidth <= 390"), "the page is no wider than the phone")
	require.Greater(t, p.Eval(`document.getElementById("scroll").clientHeight`), 250.0, "the diagram keeps its share")
	p.Keep("phone.png")
	light := p.Eval(`getComputedStyle(document.documentElement).backgroundColor`)
	p.Do("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": "dark"}}})
	require.NotEqual(t, light, p.Eval(`getComputedStyle(document.documentElement).backgroundColor`))
	p.Keep("dark.png")
}

func withoutScripts(t *testing.T, l large) {
	p, tr := l.b.Open(t, "about:blank", 1000, 800), l.trace
	p.Do("Emulation.setScriptExecutionDisabled", map[string]any{"value": true})
	p.Navigate(browsertest.FileURL(l.file, ""))
	p.Keep("table.png")
	require.Equal(t, 41, p.Count("noscript tr"))
	require.Contains(t, p.Text("noscript .violation"), tr.Events[violationOf(t, tr)].Text)
	require.Equal(t, true, p.Eval(`document.querySelector("noscript table").getBoundingClientRect().height > 300`))
}
