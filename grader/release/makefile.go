package release

import (
	"fmt"
	"strings"
)

// staffLine is what the Makefile includes the staff's targets by.
const staffLine = "-include grader/staff.mk"

// withoutLab stands in a release where the staff's targets stand in ours.
const withoutLab = `ifeq ($(LAB),)
test stress replay show lint:
	@echo 'make: say which lab: make $@ LAB=%s' >&2; exit 1
endif
`

// makefile takes the Makefile without what is the staff's.
func (r *Release) makefile() error {
	text := string(r.course.Tree["Makefile"])
	body, _, found := strings.Cut(text, "\n"+staffLine+"\n")
	if !found {
		return fmt.Errorf("the Makefile has no line %q, by which a release knows where the staff's part begins", staffLine)
	}
	var kept []string
	for _, line := range strings.Split(body, "\n") {
		if !strings.Contains(line, "grader/") {
			kept = append(kept, line)
		} else if n := len(kept); kept[n-1] == "#" {
			kept = kept[:n-1] // it set the sentence off
		}
	}
	r.Files["Makefile"] = fmt.Appendf(nil, "%s\n%s", strings.Join(kept, "\n"), fmt.Sprintf(withoutLab, r.labs[0].Dir))
	return nil
}
