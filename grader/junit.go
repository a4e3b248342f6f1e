package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// The elements of a JUnit report, as most programs read it.
type (
	junitReport struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitVerdict `xml:"failure"`
		Error   *junitVerdict `xml:"error"` // the grader's fault
		Skipped *junitVerdict `xml:"skipped"`
	}
	junitVerdict struct {
		Message string `xml:"message,attr,omitempty"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes a card as a JUnit report: a suite for each part.
func writeJUnit(w io.Writer, c *Card) error {
	r := new(junitReport)
	for _, part := range c.Parts {
		r.add(junitSuiteOf(c, c.Lab+" "+part.Name, part))
	}
	return r.write(w)
}

// writeClassJUnit writes all cards as one JUnit report: a suite for each
// student.
func writeClassJUnit(w io.Writer, _ *Lab, cards []*Card) error {
	r := new(junitReport)
	for _, c := range cards {
		r.add(junitSuiteOf(c, plain(c.Student), c.Parts...))
	}
	return r.write(w)
}

func (r *junitReport) add(s junitSuite) {
	r.Suites = append(r.Suites, s)
	r.Tests += s.Tests
	r.Failures += s.Failures
	r.Errors += s.Errors
	r.Skipped += s.Skipped
}

func (r *junitReport) write(w io.Writer) error {
	text, err := xml.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

func junitSuiteOf(c *Card, name string, parts ...PartScore) junitSuite {
	s := junitSuite{Name: name}
	for _, part := range parts {
		for _, ts := range part.Tests {
			test := junitCase{Class: c.Lab + "." + part.Name, Name: ts.Test}
			v := ts.junit(c)
			switch ts.Verdict {
			case Fail:
				test.Failure = v
				s.Failures++
			case Broken:
				test.Error = v
				s.Errors++
			case Skipped:
				test.Skipped = &junitVerdict{Message: v.Message}
				s.Skipped++
			}
			s.Tests++
			s.Cases = append(s.Cases, test)
		}
	}
	return s
}

// junit says why a test did not pass.
func (ts TestScore) junit(c *Card) *junitVerdict {
	v := &junitVerdict{Message: plain(ts.Remark)}
	lines := ts.found()
	if len(ts.Evidence) > 0 {
		v.Message, v.Type = lines[0], string(ts.Evidence[0].Cause)
	} else if c.Trouble != nil {
		v.Type = string(c.Trouble.Cause)
		for _, line := range c.Trouble.Lines {
			lines = append(lines, plain(line))
		}
	}
	v.Text = strings.Join(lines, "\n")
	return v
}
