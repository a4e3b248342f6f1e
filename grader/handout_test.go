package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// Each lab's handout can be part of a report: nothing in it leads out of it,
// and each rule that a mutant breaks has a place there.
func TestHandoutsStandAlone(t *testing.T) {
	course := theCourse(t)
	for i := range course.Labs {
		lab := &course.Labs[i]
		h, err := course.handout(lab)
		require.NoError(t, err)
		require.NotNil(t, h, "%s has no handout", lab.Dir)
		root, err := html.Parse(strings.NewReader(string(h.Body)))
		require.NoError(t, err)
		ids := make(map[string]bool)
		for node := range root.Descendants() {
			for _, a := range node.Attr {
				switch a.Key {
				case "id":
					require.False(t, ids[a.Val], "%s: two places have the id %s", lab.Dir, a.Val)
					ids[a.Val] = true
				case "src":
					require.True(t, strings.HasPrefix(a.Val, "data:"), a.Val)
				case "href":
					require.True(t, strings.HasPrefix(a.Val, "#") || strings.HasPrefix(a.Val, "https://"), a.Val)
				}
			}
		}
		mutants, err := course.mutants(lab)
		require.NoError(t, err)
		for _, m := range mutants {
			place := h.Place(m.Breaks, "")
			if m.Breaks != "Panic" { // of no lab
				require.True(t, ids[place], "%s: no place explains %s", lab.Dir, m.Breaks)
			}
		}
		require.Equal(t, "locks-and-calls", h.Place("NoSuchRule", `Do not. (handout "Locks and calls")`))
		require.Empty(t, h.Place("NoSuchRule", "Do not."))
	}
}

func TestASentenceCitesTheHandout(t *testing.T) {
	h := &Handout{headings: map[string]string{"Locks & calls": "locks"}}
	const sentence = `Do <not>. (handout "Locks & calls") (handout "Gone")`
	require.Equal(t, `Do &lt;not&gt;. (handout <a href="h.html#locks">Locks &amp; calls</a>) (handout &#34;Gone&#34;)`, string(h.Cite(sentence, "h.html")))
	require.Equal(t, `Do &lt;not&gt;. (handout &#34;Locks &amp; calls&#34;) (handout &#34;Gone&#34;)`, string((*Handout)(nil).Cite(sentence, "h.html")))
}
