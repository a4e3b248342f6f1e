package raft

import "slices"

// A Record is one entry of a log.
type Record struct {
	Era     int
	Command any
}

// A journal is a log whose beginning is in a snapshot. Records[0] stands for
// the snapshot's last entry, at index Base, and has no command.
type journal struct {
	Base    int
	Records []Record
}

func (j *journal) last() int           { return j.Base + len(j.Records) - 1 }
func (j *journal) at(i int) Record     { return j.Records[i-j.Base] }
func (j *journal) era(i int) int       { return j.Records[i-j.Base].Era }
func (j *journal) has(i int) bool      { return i >= j.Base && i <= j.last() }
func (j *journal) from(i int) []Record { return slices.Clone(j.Records[i-j.Base:]) }

// put makes records the entries from index i on, and the last.
func (j *journal) put(i int, records []Record) {
	j.Records = slices.Concat(j.Records[:i-j.Base], records)
}

// begin returns the first index of the entries that have the term of entry i,
// and stand together with it.
func (j *journal) begin(i int) int {
	for i-1 > j.Base && j.era(i-1) == j.era(i) {
		i--
	}
	return i
}

// trim lets the log begin after index base, whose entry is of term era. What
// follows stays if it follows that entry.
func (j *journal) trim(base, era int) {
	records := []Record{{Era: era}}
	if j.has(base) && j.era(base) == era {
		records = append(records, j.Records[base+1-j.Base:]...)
	}
	j.Base, j.Records = base, records
}
