package simtest

import (
	"path/filepath"
	"strings"
)

// assertion turns what an assertion library says into a failure. testify
// writes blocks under labels ("Error Trace:", "Error:", "Messages:"); anything
// else is a sentence and further lines.
func assertion(text string) *Failure {
	f := &Failure{Cause: Asserted, Rule: Assertion}
	blocks := labelled(text)
	if len(blocks["Error"]) == 0 {
		lines := nonBlank(strings.Split(text, "\n"))
		if len(lines) == 0 {
			lines = []string{"the test failed without a word"}
		}
		f.Text, f.Detail = lines[0], lines[1:]
		return f
	}
	f.Text = blocks["Error"][0]
	f.Detail = blocks["Error"][1:]
	if words := blocks["Messages"]; len(words) > 0 {
		f.Text = strings.Join(words, " ") + ": " + f.Text
	}
	if at := blocks["Error Trace"]; len(at) > 0 {
		f.Text = filepath.Base(at[0]) + ": " + f.Text
	}
	return f
}

// labelled splits lines of the form "\tLabel:\ttext" and what continues them.
func labelled(text string) map[string][]string {
	blocks := make(map[string][]string)
	label := ""
	for line := range strings.SplitSeq(text, "\n") {
		head, rest, ok := strings.Cut(strings.TrimPrefix(line, "\t"), "\t")
		if !ok {
			continue
		}
		if name, colon := strings.CutSuffix(strings.TrimSpace(head), ":"); colon {
			label = name
		}
		if rest = strings.TrimRight(rest, " \t"); label != "" && strings.TrimSpace(rest) != "" {
			blocks[label] = append(blocks[label], rest)
		}
	}
	return blocks
}

func nonBlank(lines []string) (out []string) {
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
