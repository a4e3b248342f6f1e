package browsertest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/stretchr/testify/require"
)

// Navigate goes to a page and waits until it has loaded.
func (p *Tab) Navigate(url string) {
	p.t.Helper()
	p.Do("Page.navigate", map[string]any{"url": url})
	select {
	case <-p.loaded:
	case <-time.After(patience):
		require.Fail(p.t, "the page does not load", url)
	}
}

// hear takes note of an event of the protocol.
func (p *Tab) hear(a answer) {
	complain := func(words string) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.console = append(p.console, words)
	}
	switch a.Method {
	case "Page.loadEventFired":
		p.loaded <- struct{}{}
	case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded":
		complain(a.Method + " " + string(a.Params))
	}
}

// Complaints returns what stood on the console until now.
func (p *Tab) Complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.console
}

// Do sends the page a command.
func (p *Tab) Do(method string, params any) json.RawMessage {
	p.t.Helper()
	result, err := p.b.call(p.session, method, params)
	require.NoError(p.t, err)
	return result
}

// Eval runs a script in the page; a promise is awaited. It returns the value
// as JSON has it.
func (p *Tab) Eval(script string) any {
	p.t.Helper()
	var got struct {
		Result           struct{ Value any }
		ExceptionDetails json.RawMessage
	}
	require.NoError(p.t, json.Unmarshal(p.Do("Runtime.evaluate",
		map[string]any{"expression": script, "returnByValue": true, "awaitPromise": true}), &got))
	require.Empty(p.t, string(got.ExceptionDetails), "%s", script)
	return got.Result.Value
}

// Count returns how many elements a selector finds.
func (p *Tab) Count(selector string) int {
	p.t.Helper()
	return int(p.Eval(fmt.Sprintf("document.querySelectorAll(%q).length", selector)).(float64))
}

// Text returns the words of the first element that a selector finds.
func (p *Tab) Text(selector string) string {
	p.t.Helper()
	return p.Eval(fmt.Sprintf("document.querySelector(%q).textContent", selector)).(string)
}

// Settle waits until the page has drawn what scrolling and resizing asked for.
func (p *Tab) Settle() {
	p.t.Helper()
	p.Eval("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => done()))))")
}

// Until waits until a script says true.
func (p *Tab) Until(script string) {
	p.t.Helper()
	p.Eval("new Promise(done => { const ask = () => (" + script + ") ? done() : requestAnimationFrame(ask); ask(); })")
}

// Click presses and releases the mouse in the middle of an element.
func (p *Tab) Click(selector string) {
	p.t.Helper()
	at, ok := p.Eval(fmt.Sprintf("(() => { const b = document.querySelector(%q).getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()", selector)).([]any)
	require.True(p.t, ok)
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		p.Do("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1})
	}
	p.Settle()
}

// Key presses a key, such as "v" or "ArrowUp".
func (p *Tab) Key(name string) {
	p.t.Helper()
	press := map[string]any{"type": "keyDown", "key": name}
	if len(name) == 1 {
		press["text"] = name
	}
	p.Do("Input.dispatchKeyEvent", press)
	p.Do("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": name})
	p.Settle()
}

// Wheel turns the mouse's wheel over a point, with Ctrl held or not.
func (p *Tab) Wheel(x, y, delta float64, ctrl bool) {
	p.t.Helper()
	modifiers := 0
	if ctrl {
		modifiers = 2
	}
	p.Do("Input.dispatchMouseEvent", map[string]any{"type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": delta, "modifiers": modifiers})
	p.Settle()
}

// Keep saves what the page looks like among the test's artifacts.
func (p *Tab) Keep(name string) {
	p.t.Helper()
	var shot struct{ Data string }
	require.NoError(p.t, json.Unmarshal(p.Do("Page.captureScreenshot", nil), &shot))
	p.save(name, shot.Data)
}

// Print returns the page as a PDF, and saves it among the test's artifacts.
func (p *Tab) Print(name string) string {
	p.t.Helper()
	var paper struct{ Data string }
	require.NoError(p.t, json.Unmarshal(p.Do("Page.printToPDF", map[string]any{"printBackground": true, "preferCSSPageSize": true, "paperWidth": 8.27, "paperHeight": 11.69}), &paper))
	return p.save(name, paper.Data)
}

func (p *Tab) save(name, encoded string) string {
	p.t.Helper()
	data, err := base64.StdEncoding.DecodeString(encoded)
	require.NoError(p.t, errors.Join(err, os.WriteFile(filepath.Join(p.t.ArtifactDir(), name), data, 0o666)))
	return string(data)
}

// FileURL is the address of a file, with a fragment such as "#event=6", or none.
func FileURL(file, fragment string) string { return "file://" + filepath.ToSlash(file) + fragment }
