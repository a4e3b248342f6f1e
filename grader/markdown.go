package main

import (
	"fmt"
	"io"
	"strings"
)

// writeMarkdown writes a card as GitHub shows it in a comment or a summary.
// What is not ours stands in code, where no link, picture, mention or element
// can be made of it.
func writeMarkdown(w io.Writer, c *Card) error {
	var b strings.Builder
	p := lineTo(&b)
	p("# %s: %d of %d points\n", c.Lab, c.Points, c.Max)
	p("%s\n", codeBlock(strings.TrimSpace(c.gradescopeOutput())))
	p("| part | points | tests that passed |")
	p("|---|--:|--:|")
	for _, part := range c.Parts {
		passed := 0
		for _, t := range part.Tests {
			if t.Verdict == Pass {
				passed++
			}
		}
		p("| %s, %s | %d / %d | %d / %d |", part.Name, part.Title, part.Points, part.Max, passed, len(part.Tests))
	}
	if c.Trouble == nil && c.Broken == "" {
		c.markdownTests(p)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdownTests writes of the tests that have something to say.
func (c *Card) markdownTests(p func(format string, args ...any)) {
	for _, part := range c.Parts {
		for _, t := range part.Tests {
			lines := t.found()
			if t.Remark != "" {
				lines = append([]string{plain(t.Remark)}, lines...)
			}
			if len(lines) == 0 {
				continue
			}
			p("\n<details><summary>%s <code>%s</code>, %d of %d points: %s%s</summary>\n", glyph(t.Verdict), t.Test, t.Points, t.Max, t.Verdict, t.tally())
			p("%s\n\n</details>", codeBlock(strings.Join(lines, "\n")))
		}
	}
}

// codeBlock puts a text between fences that are longer than any in it.
func codeBlock(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fmt.Sprintf("%s\n%s\n%s", fence, text, fence)
}
