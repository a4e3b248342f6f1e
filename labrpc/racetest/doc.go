// Package racetest measures what students rely on when they look for data
// races and repeat a seed: that the race detector finds in virtual time what
// it finds on the wall clock, that it accuses no program without a race, and
// that one seed is one run.
//
// It holds tests only. The programs that they run, each in processes of its
// own, are in testdata/racy. The tables are printed by
//
//	go test ./labrpc/racetest -v
//
// with few seeds by default, as a test must; the flags ask for more:
//
//	go test ./labrpc/racetest -v -timeout 1h -race.clean=1000 -race.same=200
package racetest
