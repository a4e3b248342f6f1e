# What a student needs; Windows, which has no make, runs the same commands.
#
#	make test   LAB=lab1-clocks PART=1C      the public tests of a part
#	make stress LAB=lab1-clocks RUNS=200     the same, over many seeds
#	make replay LAB=lab1-clocks TEST=TestX1C SEED=8146
#	make show   LAB=lab1-clocks TEST=TestX1C the last trace, as text
#	make lint   LAB=lab1-clocks
#
# Without LAB these targets are the staff's, from grader/staff.mk.

LAB  ?=
PART ?=
RUN  ?=
RUNS ?= 200
TEST ?=
SEED ?=

lab = go run ./labrpc/cmd/lab
only = $(if $(PART),-part $(PART)) $(if $(RUN),-run '$(RUN)')

.PHONY: help test stress replay show lint

help:
	@sed -n 's/^#\t/    /p' $(MAKEFILE_LIST)

ifneq ($(LAB),)
test:
	$(lab) test $(LAB) $(only) $(overlay)
stress:
	$(lab) stress $(LAB) $(only) -runs $(RUNS) $(overlay)
replay:
	$(lab) replay $(LAB) $(TEST) $(if $(SEED),-seed $(SEED)) $(overlay)
show:
	$(lab) show $(LAB) $(TEST)
lint:
	$(lab) lint $(LAB)
endif

-include grader/staff.mk
