package main

import (
	"encoding/json"
	"io"
)

// A cardFormat is a file that tells what is on one card.
type cardFormat struct {
	Name  string
	What  string // for whom, as the page has it
	write func(w io.Writer, c *Card) error
}

// studentFormats are the files in a student's folder, beside its page. Their
// cards are made by a Teller.
var studentFormats = []cardFormat{
	{"results.json", "for Gradescope", writeGradescope},
	{"junit.xml", "JUnit", writeJUnit},
	{"report.md", "Markdown", writeMarkdown},
	{"report.txt", "text", writeText},
}

// staffFormats are the files in the staff's folder of a student, beside its page.
var staffFormats = []cardFormat{
	{"card.json", "all of it, for programs", writeCard},
	{"junit.xml", "JUnit", writeJUnit},
	{"report.txt", "text", writeText},
}

// A classFormat is a file that tells of all cards.
type classFormat struct {
	Name  string
	What  string // for whom, as the page has it
	write func(w io.Writer, lab *Lab, cards []*Card) error
}

// classFormats are the files on the class, beside its index.
var classFormats = []classFormat{
	{"grades.csv", "for a spreadsheet", writeGrades},
	{"canvas.csv", "for Canvas", writeCanvas},
	{"junit.xml", "JUnit", writeClassJUnit},
}

// writeCard writes all that is on a card, as JSON.
func writeCard(w io.Writer, c *Card) error {
	text, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}
