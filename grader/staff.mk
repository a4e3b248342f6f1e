# The staff's targets. Students get no grader/, and so no part of this.
#
#	make test                     everything: framework, labs, mutants, grader
#	make test LAB=lab1-clocks SOLUTIONS=1   the public tests on the reference
#	make check LAB=lab1-clocks    reference, stubs and mutants of one lab
#	make grade                    grade the sample class, and say where the report is;
#	                              the class is ours, so it may go without a sandbox
#	make bench                    the figures
#	make overhead                 what sandbox and queue cost each run, and how two
#	                              worker processes share runs that wait
#	make figures                  elections of a thousand processes beside the formula;
#	                              of Raft beside the published; what an operation
#	                              on Raft takes and costs;
#	                              how surely races are found, and seeds repeat
#	make soak LAB=lab1-clocks RUNS=10000   the reference through the hidden suite;
#	                              RACE=1 under the race detector; again to go on
#	make selftest                 attacks on the sandbox, and what stopped each
#	make release LABS=lab1-clocks,lab2-election   what students get, verified, in
#	                              out/release, and as a commit on branch student;
#	                              PARTS=1A,1B for the public tests of these;
#	                              REFERENCE_RAFT=1 with our Raft
#	make solutions                branch solutions: main with the references in place
#	make stubs                    where stubs and references differ
#	make vet                      for Linux, macOS and Windows, and gofmt

CHECK_RUNS ?= 20
# One run of lab 5 takes as long as three of another lab, and it is run on two
# Rafts.
GRADE_RUNS ?= $(if $(filter lab5-kvraft,$(GRADE_LAB)),1,3)
GRADE_LAB  ?= $(or $(LAB),lab1-clocks)
BENCH_LAB  ?= $(or $(LAB),lab1-clocks)

# What is written below out/ has Go files in folders that begin with _, which
# the go command does not take for packages.

# Every package that can be tested as it stands: the labs are red on main by
# design, and solutions/ and grader/hidden/ are built only with an overlay.
packages  = $(shell go list ./... | grep -v -e '/solutions/' -e '/grader/hidden/' -e '/lab[0-9][^/]*$$')
framework = ./labgob/... ./labrpc/...
students  = $(shell go list ./... | grep -v -e '/solutions' -e '/grader')

RACE       ?=

LABS           ?=
PARTS          ?=
REFERENCE_RAFT ?=

.PHONY: release solutions stubs check grade selftest bench bench-suite figures soak vet gofmt framework framework-race grader-tests

ifneq ($(SOLUTIONS),)
overlay = -overlay out/_overlay/$(LAB)/overlay.json
test stress replay: reference-overlay
.PHONY: reference-overlay
reference-overlay:
	@go run ./grader overlay -lab $(LAB) >/dev/null
endif

ifeq ($(LAB),)
test: vet framework framework-race grader-tests check

lint: vet
endif

framework:
	go test $(filter-out %/grader,$(packages))

framework-race:
	go test -race $(filter-out %/grader %/grader/release %/cmd/lab %/lint,$(packages))

grader-tests:
	go test -timeout 20m ./grader
	go test ./solutions/.../figures ./solutions/lab4-raft/classic

check:
	go run ./grader check $(if $(LAB),-lab $(LAB)) -runs $(CHECK_RUNS) -o out/check

grade:
	go run ./grader sample -lab $(GRADE_LAB) out/_class/$(GRADE_LAB)
	go run ./grader grade -unsafe -lab $(GRADE_LAB) -runs $(GRADE_RUNS) -o out/$(GRADE_LAB) out/_class/$(GRADE_LAB)

selftest:
	go run ./grader selftest -v

release:
	go run ./grader release $(if $(LABS),-labs $(LABS)) $(if $(PARTS),-parts $(PARTS)) $(if $(REFERENCE_RAFT),-with-reference-raft)

solutions:
	go run ./grader solutions

stubs:
	go run ./grader stubs

vet: gofmt
	go vet $$(go list ./... | grep -v /solutions/)
	GOOS=darwin go vet $(students)
	GOOS=windows go vet $(students)
	@printf 'ok  \tvet for linux, darwin, windows\n'

gofmt:
	@bad=$$(gofmt -l $$(git ls-files '*.go' | grep -v /testdata/)); if [ -n "$$bad" ]; then printf 'FAIL\tgofmt: %s\n' $$bad; exit 1; fi
	@printf 'ok  \tgofmt\n'

bench:
	go test -run '^$$' -bench . -benchmem -cpu 1 $(framework)
	go test -race -run '^$$' -bench 'Call$$|FreshGob' -cpu 1 ./labrpc
	@$(MAKE) --no-print-directory bench-suite
	@$(MAKE) --no-print-directory bench-suite RACE=1
	@echo "make grade, with nothing made before:"
	@rm -f out/$(BENCH_LAB)/grader.db*
	@bash -c 'time $(MAKE) --no-print-directory grade GRADE_LAB=$(BENCH_LAB)'

overhead:
	go run ./grader selftest -bench 200
	go test ./grader/store -run TwoProcesses -v -bench Run -benchtime 5000x

bench-suite:
	@go run ./grader overlay -lab $(BENCH_LAB) -o out/_bench >/dev/null
	go test -c $(if $(RACE),-race) -overlay out/_bench/$(BENCH_LAB)/overlay.json -o out/_bench/hidden.test ./grader/hidden/$(BENCH_LAB)
	@echo "one run of the hidden suite of $(BENCH_LAB), on one processor, $(if $(RACE),with -race,plain):"
	@rm -f out/_bench/row.jsonl
	@cd grader/hidden/$(BENCH_LAB) && bash -c 'time GORACE=atexit_sleep_ms=0 GOMAXPROCS=1 ../../../out/_bench/hidden.test -sim.row=../../../out/_bench/row.jsonl'
	@grep -o '"calls checked":[0-9]*' out/_bench/row.jsonl | awk -F: '{ n += $$2 } END { if (n) print n " calls of clients were checked for linearizability" }'

# The long ones: thousands of runs, for figures and for nobody's patience.
figures:
	go test ./solutions/lab2-election/figures -run Figure -v -heavy
	go test ./solutions/lab3-chord/figures -run Figure -v -timeout 1h -full
	go test ./solutions/lab4-raft/figures -run Figure -v -timeout 1h -full
	go test ./solutions/lab5-kvraft/figures -run Figure -v -full
	go test ./labrpc/racetest -v -timeout 2h -race.clean=1000 -race.same=200

soak:
	go run ./grader soak -lab $(BENCH_LAB) -runs $(RUNS) $(if $(RACE),-race) $(if $(TEST),-test '$(TEST)')
