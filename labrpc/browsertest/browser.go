// Package browsertest drives a headless Chromium, so that a test can see a page
// as people do: what it draws, what its scripts complain of, what it looks like
// on a phone and on paper.
//
// It needs no more than the browser. Where there is none, the tests skip
// themselves with a sentence.
package browsertest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A Browser is a headless Chromium that a test drives through a pair of
// pipes, in the DevTools protocol: JSON messages that end in a zero byte.
type Browser struct {
	in *os.File // where commands go

	mu sync.Mutex
	// mu guards:
	next    int
	answers map[int]chan answer
	tabs    map[string]*Tab // by session
	broken  error
}

// A Tab is one page in a browser.
type Tab struct {
	t       *testing.T
	b       *Browser
	session string
	loaded  chan struct{} // gets a token when a page has loaded

	mu      sync.Mutex
	console []string // what the page's scripts and the browser complained of; guarded by mu
}

type answer struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
	Session string          `json:"sessionId"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

// patience is how long a browser may take for one answer before a test fails.
// It is there so that a dead browser cannot hold a test; no test is about it.
const patience = 2 * time.Minute

// Open starts a Chromium for t, and skips t where there is none. It
// ends with t.
func Open(t *testing.T) *Browser {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a browser is driven through inherited pipes, which Windows does not have in Go, so the page is not tried in a browser")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium is installed, so the page is not tried in a browser")
	}
	profile, err := os.MkdirTemp("", "browsertest-") // Chromium may still write to it when it ends, so t.TempDir will not do
	require.NoError(t, err)
	theirIn, in, err := os.Pipe()
	require.NoError(t, err)
	out, theirOut, err := os.Pipe()
	require.NoError(t, err)
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--hide-scrollbars", "--remote-debugging-pipe", "--user-data-dir="+profile, "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // descriptors 3 and 4, as the flag wants them
	require.NoError(t, cmd.Start())
	theirIn.Close()
	theirOut.Close()
	b := &Browser{in: in, answers: make(map[int]chan answer), tabs: make(map[string]*Tab)}
	read := make(chan struct{})
	go func() { defer close(read); b.read(out) }()
	t.Cleanup(func() {
		_, _ = b.call("", "Browser.close", nil) // a browser that is gone already cannot answer
		in.Close()
		timer := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait() // how it ended says nothing about the page
		timer.Stop()
		<-read
		out.Close()
		os.RemoveAll(profile)
	})
	return b
}

// read hands what the browser says to those who wait for it, until it ends.
func (b *Browser) read(out *os.File) {
	lines := bufio.NewReaderSize(out, 1<<20)
	for {
		line, err := lines.ReadBytes(0)
		if err != nil {
			b.mu.Lock()
			b.broken = fmt.Errorf("the browser is gone: %w", err)
			for id, c := range b.answers {
				close(c)
				delete(b.answers, id)
			}
			b.mu.Unlock()
			return
		}
		var a answer
		if json.Unmarshal(line[:len(line)-1], &a) != nil {
			continue
		}
		b.mu.Lock()
		waiting, tab := b.answers[a.ID], b.tabs[a.Session]
		delete(b.answers, a.ID)
		b.mu.Unlock()
		switch {
		case a.ID != 0 && waiting != nil:
			waiting <- a
		case tab != nil:
			tab.hear(a)
		}
	}
}

// call sends a command and returns its result.
func (b *Browser) call(session, method string, params any) (json.RawMessage, error) {
	got := make(chan answer, 1)
	b.mu.Lock()
	if b.broken != nil {
		b.mu.Unlock()
		return nil, b.broken
	}
	b.next++
	id := b.next
	b.answers[id] = got
	b.mu.Unlock()
	if params == nil {
		params = struct{}{}
	}
	data, err := json.Marshal(map[string]any{"id": id, "method": method, "params": params})
	if session != "" {
		data, err = json.Marshal(map[string]any{"id": id, "method": method, "params": params, "sessionId": session})
	}
	if err != nil {
		return nil, err
	}
	if _, err := b.in.Write(append(data, 0)); err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	select {
	case a, ok := <-got:
		switch {
		case !ok:
			return nil, fmt.Errorf("%s: the browser is gone", method)
		case a.Error != nil:
			return nil, fmt.Errorf("%s: %s", method, a.Error.Message)
		}
		return a.Result, nil
	case <-time.After(patience):
		return nil, fmt.Errorf("%s: no answer", method)
	}
}

// Open opens a page in a window of that size and waits until it has loaded.
func (b *Browser) Open(t *testing.T, url string, width, height int) *Tab {
	t.Helper()
	var target struct{ TargetID, SessionID string }
	result, err := b.call("", "Target.createTarget", map[string]any{"url": "about:blank"})
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(result, &target))
	result, err = b.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true})
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(result, &target))
	p := &Tab{t: t, b: b, session: target.SessionID, loaded: make(chan struct{}, 8)}
	b.mu.Lock()
	b.tabs[p.session] = p
	b.mu.Unlock()
	t.Cleanup(func() { _, _ = b.call("", "Target.closeTarget", map[string]any{"targetId": target.TargetID}) })
	for _, domain := range []string{"Page", "Runtime", "Log"} {
		p.Do(domain+".enable", nil)
	}
	p.Do("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false})
	p.Navigate(url)
	p.Settle()
	return p
}
