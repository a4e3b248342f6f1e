// Package fake is what a student might hand in: all of it goes wrong.
package fake

import "math/rand/v2"

// A Table counts words.
type Table struct {
	words map[string]int
	last  string
}

// Put panics: nobody made the map.
func (t *Table) Put(word string) {
	t.words[word]++
}

// PutLater puts in a goroutine of its own.
func (t *Table) PutLater(word string) {
	go func() { t.Put(word) }()
}

// Remember is called by several goroutines, without a lock.
func (t *Table) Remember(word string) {
	t.last = word
}

// Wait never returns.
func (t *Table) Wait() {
	<-make(chan int)
}

// Dice does not go by the seed.
func (t *Table) Dice() int { return rand.IntN(6) }
