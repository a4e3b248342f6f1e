package main

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// writeGrades writes grades.csv: a line a student, for a spreadsheet.
func writeGrades(w io.Writer, lab *Lab, cards []*Card) error {
	head := []string{"student", "points", "max"}
	if len(lab.On) > 0 {
		head = append(head, string(Own), string(Reference))
	}
	for _, p := range lab.Parts {
		head = append(head, p.Name)
	}
	rows := [][]string{append(head, "late", "withheld", "verdict", "causes")}
	for _, c := range cards {
		row := []string{cell(c.Student), strconv.Itoa(c.Points), strconv.Itoa(c.Max)}
		if len(lab.On) > 0 {
			row = append(row, pointsOn(c, Own), pointsOn(c, Reference))
		}
		for _, p := range c.Parts {
			row = append(row, strconv.Itoa(p.Points))
		}
		late := "" // else the points that it took
		if c.Lateness != nil && c.Lateness.Late {
			late = strconv.Itoa(c.Lateness.Points)
		}
		rows = append(rows, append(row, late, strconv.Itoa(c.Withheld), c.verdict().String(), strings.Join(c.Causes(), " ")))
	}
	return csv.NewWriter(w).WriteAll(rows)
}

// writeCanvas writes canvas.csv, which Canvas takes into its gradebook. Canvas
// finds a student by its own number, which its exports tell, or by the login;
// the other columns that it wants may be empty.
// Points that are withheld leave the cell empty: Canvas then leaves what it has.
func writeCanvas(w io.Writer, lab *Lab, cards []*Card) error {
	rows := [][]string{
		{"Student", "ID", "SIS User ID", "SIS Login ID", "Section", lab.Title},
		{"    Points Possible", "", "", "", "", strconv.Itoa(lab.Points())},
	}
	for _, c := range cards {
		points := strconv.Itoa(c.Points)
		if c.Withheld > 0 {
			points = ""
		}
		rows = append(rows, []string{cell(c.Student), c.Canvas, "", cell(c.Student), "", points})
	}
	return csv.NewWriter(w).WriteAll(rows)
}

// cell keeps a spreadsheet from taking a student's name for a formula.
func cell(s string) string {
	if strings.IndexAny(s, "=+-@\t\r\n|%＝＋－＠") == 0 {
		return "'" + s
	}
	return s
}
