package main

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// A Lab is one row of the table: what is given, what is asked, what it is worth.
type Lab struct {
	Dir     string   // the folder, and the lab's name in commands: lab1-clocks
	Package string   // the name in its package clause: clocks
	Title   string   // for reports
	Given   []string // files of the folder that are ours though they are no tests
	Imports []string // what its submissions may import beside what every lab may: see mayImport
	Parts   []Part
	Limits  Limits // of one run of one test
	Mix     Mix    // of the runs of one test

	Tells Disclosure // what students may see of its hidden tests that fail; "" is TellRule

	Late Late // what it costs to hand in late

	On     []string // the labs that it stands on; a submission is files of these, too
	Counts Ground   // if it stands on any: the run that earns the points
}

// A Part is a group of tests that is announced, run and scored together.
type Part struct {
	Name  string // "1C"; its tests' names end in it
	Title string
	Needs []string // parts that must pass in full, or this one is skipped
	Tests []Test
}

// A Test is a hidden test and what it is worth.
type Test struct {
	Name   string
	Points int
	Policy Policy // what it earns if some runs fail; all or nothing if it is not set

	Cases    int  // one run of it stands for so many, since it tries thousands of cases by itself; 0 is 1
	Plain    bool // it runs outside the simulated world and leaves no record
	RealTime bool // it is marked to run on the wall clock too

	Tells Disclosure // if not "": instead of what the lab's says
}

// Limits are what one run of one test may use.
type Limits struct {
	Real   time.Duration // then the process group is killed
	Output int64         // bytes kept of each of stdout and stderr; the rest is dropped
	Memory int64         // bytes resident, watched on Linux; then the process group is killed
}

// defaultLimits fit a test that ends in seconds under the race detector on a
// loaded machine. simtest's own budget of real time is a little shorter, so
// that it can still say where the run is stuck.
//
// Measured with TestLoadFailsNobody: of 528 runs of lab 4's reference, eight at
// once on two processors that had other work too, the slowest took 1.5 s of the
// 45 s of that budget at a load of 12, and 12 s at a load of 47. A grader that
// has its machine to itself, and as many jobs as processors, has a load of 2.
var defaultLimits = Limits{Real: 60 * time.Second, Output: 256 << 10, Memory: 1 << 30}

// labs is the table of all labs. TestTheTableIsTheSuite holds it against the
// tests that the hidden suites really have, both ways.
var labs = []Lab{{
	Dir: "lab1-clocks", Package: "clocks", Title: "Lab 1: clocks",
	Limits: defaultLimits, Mix: defaultMix, Tells: TellAll,
	Parts: []Part{
		{Name: "1A", Title: "physical clocks", Tests: []Test{
			{Name: "TestClientLearnsTheTime1A", Points: 3},
			{Name: "TestDelayIsCompensated1A", Points: 3},
			{Name: "TestTenThousandExchanges1A", Points: 4, Cases: 5},
			{Name: "TestOneSidedDelayAttainsTheBound1A", Points: 2},
			{Name: "TestLateReplyIsThrownAway1A", Points: 2},
			{Name: "TestTimeNeverRunsBackwards1A", Points: 3},
			{Name: "TestSkewStaysWithinDelta1A", Points: 3},
			{Name: "TestResyncInterval1A", Points: 1},
			{Name: "TestIntervalIsInTrueTime1A", Points: 2},
			{Name: "TestSlightlyLongerIntervalIsTooLong1A", Points: 1},
			{Name: "TestSkewWithDelay1A", Points: 2},
			{Name: "TestBoundHoldsOnABadNetwork1A", Points: 2},
			{Name: "TestBoundGrowsWhileTheServerIsAway1A", Points: 1},
			{Name: "TestNowDoesNotWaitForTheNetwork1A", Points: 1},
		}},
		{Name: "1B", Title: "averaging", Tests: []Test{
			{Name: "TestThreeClocksAgree1B", Points: 4},
			{Name: "TestSlowLinkToOneMachine1B", Points: 4},
			{Name: "TestOutlierIsLeftOut1B", Points: 3},
			{Name: "TestAveragerIsTheOutlier1B", Points: 1},
			{Name: "TestReadingsAreCompensated1B", Points: 3},
			{Name: "TestDeadMachinesAreLeftOut1B", Points: 2},
			{Name: "TestAdjustmentIsMadeOnce1B", Points: 2},
			{Name: "TestRoundsKeepMachinesTogether1B", Points: 1},
		}},
		{Name: "1C", Title: "Lamport clocks", Tests: []Test{
			{Name: "TestLamportRules1C", Points: 5},
			{Name: "TestTotalOrder1C", Points: 4},
			{Name: "TestReceiptComesAfterSending1C", Points: 4},
			{Name: "TestRandomHistoriesKeepOrder1C", Points: 5, Cases: 5},
			{Name: "TestEveryEventHasATime1C", Points: 2, RealTime: true},
		}},
		{Name: "1D", Title: "vector clocks", Tests: []Test{
			{Name: "TestVectorRules1D", Points: 6},
			{Name: "TestConcurrentEvents1D", Points: 5},
			{Name: "TestRandomHistoriesMatchHappensBefore1D", Points: 8, Cases: 5},
			{Name: "TestCompareAgreesWithHistory1D", Points: 4},
			{Name: "TestMessageKeepsItsStamp1D", Points: 3},
			{Name: "TestKnowledgeIsPassedOn1D", Points: 2},
			{Name: "TestEveryEventCounts1D", Points: 2, RealTime: true},
		}},
	},
}, {
	Dir: "lab2-election", Package: "election", Title: "Lab 2: coordinator and elections",
	Limits: defaultLimits, Mix: defaultMix, Tells: TellAll,
	Parts: []Part{
		{Name: "2A", Title: "the centralised coordinator", Tests: []Test{
			{Name: "TestOneClient2A", Points: 2},
			{Name: "TestSecondClientWaits2A", Points: 3},
			{Name: "TestFirstComeFirstServed2A", Points: 3},
			{Name: "TestLateReleaseIsHarmless2A", Points: 3},
			{Name: "TestThreeMessagesAnEntry2A", Points: 3, RealTime: true},
			{Name: "TestRepeatedRequestIsOneRequest2A", Points: 3},
			{Name: "TestReleaseOfAnEarlierEntry2A", Points: 2},
			{Name: "TestRepeatedGrantIsHarmless2A", Points: 3},
			{Name: "TestLockOnABadNetwork2A", Points: 3},
		}},
		{Name: "2B", Title: "election by bullying", Tests: []Test{
			{Name: "TestFourHoldsAnElection2B", Points: 3},
			{Name: "TestAllHoldElections2B", Points: 2, RealTime: true},
			{Name: "TestRecoveredProcessBullies2B", Points: 3},
			{Name: "TestTakerDies2B", Points: 3},
			{Name: "TestBullyCount2B", Points: 3},
			{Name: "TestHeaviestWins2B", Points: 2},
			{Name: "TestWeightsDecide2B", Points: 2},
			{Name: "TestTenIsMoreThanNine2B", Points: 2},
			{Name: "TestTakenOverIsOutOfTheRace2B", Points: 2},
			{Name: "TestVictoryGoesToAll2B", Points: 2},
			{Name: "TestLighterVictoryIsContested2B", Points: 2},
			{Name: "TestRecoveredOneByOne2B", Points: 2},
			{Name: "TestCrashesDuringElections2B", Points: 2},
		}},
		{Name: "2C", Title: "election in a ring", Tests: []Test{
			{Name: "TestOnceAroundTheRing2C", Points: 2},
			{Name: "TestDeadSuccessorsAreSkipped2C", Points: 2},
			{Name: "TestTwoInitiators2C", Points: 2, RealTime: true},
			{Name: "TestEveryoneIsOnTheList2C", Points: 1},
			{Name: "TestHeaviestOfTheList2C", Points: 1},
			{Name: "TestDeadAreNotOnTheList2C", Points: 1},
			{Name: "TestMessagesAreRemoved2C", Points: 1},
			{Name: "TestAllInitiate2C", Points: 2},
			{Name: "TestInitiatorDies2C", Points: 2},
			{Name: "TestInitiatorDiesTelling2C", Points: 1},
			{Name: "TestCarrierDies2C", Points: 2},
			{Name: "TestAlone2C", Points: 1},
			{Name: "TestRecoveredProcessElects2C", Points: 1},
			{Name: "TestCrashesDuringElections2C", Points: 1},
		}},
		{Name: "2D", Title: "a lock that outlives its coordinator", Tests: []Test{
			{Name: "TestMembersShareALock2D", Points: 2},
			{Name: "TestCoordinatorDies2D", Points: 3},
			{Name: "TestHolderDies2D", Points: 3},
			{Name: "TestCoordinatorHoldsAndDies2D", Points: 3},
			{Name: "TestWaitersDie2D", Points: 2},
			{Name: "TestThreeCoordinatorsDie2D", Points: 2},
			{Name: "TestOldCoordinatorComesBack2D", Points: 3},
			{Name: "TestCoordinatorComesBackAtOnce2D", Points: 2},
			{Name: "TestCrashesAtRandom2D", Points: 2, RealTime: true},
			{Name: "TestGrantOfAnOldCoordinator2D", Points: 3},
		}},
	},
}, {
	Dir: "lab3-chord", Package: "chord", Title: "Lab 3: peer-to-peer, and Chord",
	Limits: defaultLimits, Mix: defaultMix, Tells: TellAll,
	Parts: []Part{
		{Name: "3A", Title: "finding without structure", Tests: []Test{
			{Name: "TestNapsterFindsByKeyword3A", Points: 1},
			{Name: "TestNapsterForgetsWhoLeaves3A", Points: 1},
			{Name: "TestNapsterIndexDies3A", Points: 1},
			{Name: "TestNapsterNamesEverybody3A", Points: 1, RealTime: true},
			{Name: "TestNapsterForgetsWhoIsSilent3A", Points: 1},
			{Name: "TestNapsterRegistrationReplaces3A", Points: 1},
			{Name: "TestFileIsAsItsOwnerHasIt3A", Points: 1},
			{Name: "TestGnutellaThereAndBack3A", Points: 1},
			{Name: "TestGnutellaTriangle3A", Points: 1},
			{Name: "TestGnutellaHorizon3A", Points: 1},
			{Name: "TestGnutellaJoin3A", Points: 1},
			{Name: "TestGnutellaReachesTheHorizon3A", Points: 1},
			{Name: "TestGnutellaReachesTheBall3A", Points: 1},
			{Name: "TestGnutellaFloodCost3A", Points: 1},
			{Name: "TestGnutellaRandomDelays3A", Points: 1, RealTime: true},
			{Name: "TestGnutellaDuplicatesAreNothingNew3A", Points: 1},
			{Name: "TestGnutellaServentAlone3A", Points: 1},
			{Name: "TestGnutellaNodesLeave3A", Points: 1},
			{Name: "TestKazaaTwoTiers3A", Points: 1},
			{Name: "TestKazaaSupernodeDies3A", Points: 1},
			{Name: "TestKazaaFloodCost3A", Points: 1, RealTime: true},
			{Name: "TestKazaaHorizon3A", Points: 1},
			{Name: "TestKazaaSearchFindsASupernode3A", Points: 1},
			{Name: "TestKazaaBelongsToOne3A", Points: 1},
		}},
		{Name: "3B", Title: "a swarm", Tests: []Test{
			{Name: "TestTrackerNamesTheOthers3B", Points: 1},
			{Name: "TestThreeDownloadFromASeed3B", Points: 1, RealTime: true},
			{Name: "TestCorruptedChunkIsRefused3B", Points: 1},
			{Name: "TestRarestFirst3B", Points: 1},
			{Name: "TestChokedGetNothing3B", Points: 1},
			{Name: "TestTwoHalvesMakeAWhole3B", Points: 1},
			{Name: "TestTrackerDies3B", Points: 1},
			{Name: "TestTrackerForgetsTheSilent3B", Points: 1},
			{Name: "TestListsAreEquallyLong3B", Points: 1},
			{Name: "TestTrackerComesBack3B", Points: 1},
			{Name: "TestFourNeighboursAreEnough3B", Points: 1},
			{Name: "TestPeersMeetWithoutATracker3B", Points: 1},
			{Name: "TestTitForTat3B", Points: 1},
			{Name: "TestSeedsNeedNoSlot3B", Points: 1},
			{Name: "TestLuckGoesAround3B", Points: 1},
			{Name: "TestSeedTakesTurns3B", Points: 1},
			{Name: "TestFreeRidersGetTheirShare3B", Points: 1},
			{Name: "TestRarityFollowsTheNews3B", Points: 1},
			{Name: "TestNeighboursAreToldOfChunks3B", Points: 1},
			{Name: "TestNeighbourDies3B", Points: 1},
			{Name: "TestSeedLeavesAfterOneCopy3B", Points: 1},
			{Name: "TestSwarmOfEleven3B", Points: 1},
		}},
		{Name: "3C", Title: "Chord on a ring that stands still", Tests: []Test{
			{Name: "TestFOOIsTwo3C", Points: 1},
			{Name: "TestIntervalsWrap3C", Points: 1},
			{Name: "TestFingersOfTheSlides3C", Points: 1},
			{Name: "TestFOOIsAtNodeFour3C", Points: 1},
			{Name: "TestSixJoins3C", Points: 3},
			{Name: "TestPutAndGetFromAnyNode3C", Points: 1, RealTime: true},
			{Name: "TestPathsAreShort3C", Points: 1},
			{Name: "TestStartsOfRows3C", Points: 1},
			{Name: "TestTablesOfFortyNodes3C", Points: 1},
			{Name: "TestEveryIdentifierFromEveryNode3C", Points: 1},
			{Name: "TestKeysShareAnIdentifier3C", Points: 1},
			{Name: "TestPathsOfManyNodes3C", Points: 1},
			{Name: "TestNodeAlone3C", Points: 1},
			{Name: "TestRingGrows3C", Points: 1},
			{Name: "TestOnlyWhatIsHandedOverMoves3C", Points: 1},
			{Name: "TestIdentifierIsTaken3C", Points: 1},
			{Name: "TestStepsOfALookup3C", Points: 1},
			{Name: "TestTheAskerGoesFromNodeToNode3C", Points: 1},
			{Name: "TestNodeRefusesWhatIsNotItsOwn3C", Points: 1},
			{Name: "TestHandsOverWhatThePredecessorOwns3C", Points: 1},
		}},
		{Name: "3D", Title: "Chord on a ring that moves", Tests: []Test{
			{Name: "TestTwoJoinAtOnce3D", Points: 1, RealTime: true},
			{Name: "TestNodeLeaves3D", Points: 1},
			{Name: "TestSuccessorDies3D", Points: 1},
			{Name: "TestOneRingAllTheWhile3D", Points: 1},
			{Name: "TestNotifyMovesForward3D", Points: 1},
			{Name: "TestStabiliseMovesNearer3D", Points: 1},
			{Name: "TestDeadPredecessorIsForgotten3D", Points: 1},
			{Name: "TestStepsAvoidTheDead3D", Points: 1},
			{Name: "TestListFollowsTheSuccessors3D", Points: 1},
			{Name: "TestNewSuccessorMustBeNearer3D", Points: 1},
			{Name: "TestNodeIsLeft3D", Points: 1},
			{Name: "TestItemsAreForTheNext3D", Points: 1},
			{Name: "TestManyJoinAtOnce3D", Points: 1},
			{Name: "TestNothingIsMissedMeanwhile3D", Points: 1, RealTime: true},
			{Name: "TestNeighboursLeaveAtOnce3D", Points: 1},
			{Name: "TestRingShrinks3D", Points: 1},
			{Name: "TestThreeNeighboursDie3D", Points: 1},
			{Name: "TestNeighboursDieInTurn3D", Points: 1},
			{Name: "TestLookupsGoAroundTheDead3D", Points: 1},
			{Name: "TestNextNodeIsInCharge3D", Points: 1},
			{Name: "TestNodeComesBackAtOnce3D", Points: 1},
			{Name: "TestNodeComesBackAndStaysAway3D", Points: 1},
			{Name: "TestJoinsAndCrashes3D", Points: 1},
			{Name: "TestKilledNodesAreSilent3D", Points: 1},
		}},
		{Name: "3E", Title: "a swarm without a tracker", Tests: []Test{
			{Name: "TestPeersFindEachOther3E", Points: 1},
			{Name: "TestMachineInChargeDies3E", Points: 1},
			{Name: "TestAllAtOnce3E", Points: 1, RealTime: true},
			{Name: "TestSilentAreGone3E", Points: 1},
			{Name: "TestAnotherComesToBeInCharge3E", Points: 1},
			{Name: "TestSwarmWhoseTrackerDied3E", Points: 1},
			{Name: "TestRingIsOneTable3E", Points: 1},
			{Name: "TestSwarmOnARing3E", Points: 1},
		}},
		{Name: "3K", Title: "challenge: a tree instead of a ring", Tests: []Test{
			{Name: "TestOneTable3K", Points: 1, RealTime: true},
			{Name: "TestClosestAreNamed3K", Points: 1},
			{Name: "TestOldContactsStay3K", Points: 1},
			{Name: "TestValueIsStoredAtTheClosest3K", Points: 1},
			{Name: "TestDeadGiveWay3K", Points: 1},
			{Name: "TestEveryMessageTellsWhoIsUp3K", Points: 1},
			{Name: "TestDeadHoldUpNobody3K", Points: 1},
			{Name: "TestAlphaAtATime3K", Points: 1},
			{Name: "TestHolderAnswers3K", Points: 1},
			{Name: "TestOwnerIsTheClosest3K", Points: 1},
			{Name: "TestMachinesComeAndGo3K", Points: 1},
			{Name: "TestSwarmOnATree3K", Points: 1},
		}},
	},
}, {
	Dir: "lab4-raft", Package: "raft", Title: "Lab 4: Raft",
	Limits: defaultLimits, Mix: defaultMix, Tells: TellAll,
	Parts: []Part{
		{Name: "4A", Title: "leader election", Tests: []Test{
			{Name: "TestInitialElection4A", Points: 2, RealTime: true},
			{Name: "TestReElection4A", Points: 2},
			{Name: "TestMinorityElectsNobody4A", Points: 1},
			{Name: "TestManyElections4A", Points: 1},
			{Name: "TestHalfIsNoMajority4A", Points: 1},
			{Name: "TestLeaderStaysWhenFollowersDie4A", Points: 1},
			{Name: "TestLeadersDie4A", Points: 1},
			{Name: "TestSlowFollowerDisturbsNobody4A", Points: 1},
			{Name: "TestLeaderIsNotHeard4A", Points: 1},
			{Name: "TestElectionAfterABadNetwork4A", Points: 1},
			{Name: "TestLeaderStaysOnASlowNetwork4A", Points: 1},
			{Name: "TestHeartbeats4A", Points: 1},
			{Name: "TestKilledServersAreSilent4A", Points: 1},
			{Name: "TestOneVoteATerm4A", Points: 1},
			{Name: "TestNewerTermIsProcessed4A", Points: 1},
			{Name: "TestOlderTermIsRefused4A", Points: 1},
			{Name: "TestCandidateYieldsToLeader4A", Points: 1},
			{Name: "TestNewerTermInAReply4A", Points: 1},
			{Name: "TestLateVotesDoNotCount4A", Points: 1},
			{Name: "TestOneVoterIsOneVote4A", Points: 1},
			{Name: "TestFourServersNeedThreeVotes4A", Points: 1},
			{Name: "TestElectionsRepeat4A", Points: 1},
		}},
		{Name: "4B", Title: "log replication", Tests: []Test{
			{Name: "TestBasicAgreement4B", Points: 2},
			{Name: "TestFollowersFail4B", Points: 1},
			{Name: "TestLeadersFail4B", Points: 1},
			{Name: "TestNoMajorityNoAgreement4B", Points: 1},
			{Name: "TestDeposedLeaderForgets4B", Points: 1},
			{Name: "TestConcurrentStarts4B", Points: 1, RealTime: true},
			{Name: "TestBytesOfReplication4B", Points: 1},
			{Name: "TestRequestsOfReplication4B", Points: 1},
			{Name: "TestFollowerCatchesUp4B", Points: 1},
			{Name: "TestBackUpOverLongLogs4B", Points: 1},
			{Name: "TestRepeatedAndReorderedMessages4B", Points: 1},
			{Name: "TestAgreementAfterABadNetwork4B", Points: 1},
			{Name: "TestLeaderHearsNothing4B", Points: 1},
			{Name: "TestFollowerHearsNothing4B", Points: 1},
			{Name: "TestSlowFollower4B", Points: 1},
			{Name: "TestTwoLeadersTakeCommands4B", Points: 1},
			{Name: "TestSlowServices4B", Points: 1},
			{Name: "TestCandidateSaysHowFarItsLogGoes4B", Points: 1},
			{Name: "TestConflictIsRemoved4B", Points: 1},
			{Name: "TestLeaderSendsWhatItWasGiven4B", Points: 1},
			{Name: "TestVoteFollowsTheLog4B", Points: 1},
			{Name: "TestRefusedCandidatesDoNotDelay4B", Points: 1},
			{Name: "TestFollowersOfFigure7_4B", Points: 1},
			{Name: "TestConsistencyCheck4B", Points: 1},
			{Name: "TestOldAppendTakesNothingAway4B", Points: 1},
			{Name: "TestConflictInTheMiddle4B", Points: 1},
			{Name: "TestCommitReachesAsFarAsTheLastNewEntry4B", Points: 1},
			{Name: "TestFollowerWaitsForCommit4B", Points: 1},
			{Name: "TestLeaderOfFigure7_4B", Points: 1},
			{Name: "TestOldEntriesAreNotCommittedByCounting4B", Points: 1},
			{Name: "TestOnlySuccessCounts4B", Points: 1},
			{Name: "TestAcknowledgedIsWhatWasSent4B", Points: 1},
			{Name: "TestLateAnswersChangeNothing4B", Points: 1},
			{Name: "TestLeaderKeepsItsLog4B", Points: 1},
			{Name: "TestAcknowledgedInThisTerm4B", Points: 1},
			{Name: "TestOldLeaderFinishesACommit4B", Points: 1},
		}},
		{Name: "4C", Title: "persistence", Tests: []Test{
			{Name: "TestRestarts4C", Points: 1},
			{Name: "TestMajoritiesTakeTurns4C", Points: 1},
			{Name: "TestOneOfTwoComesBack4C", Points: 1},
			{Name: "TestFigure8Schedule4C", Points: 2},
			{Name: "TestLeadersCrashEarly4C", Points: 1},
			{Name: "TestLeadersAreLostOnABadNetwork4C", Points: 1},
			{Name: "TestChurn4C", Points: 1, RealTime: true},
			{Name: "TestChurnOnABadNetwork4C", Points: 1},
			{Name: "TestAllCrashAtAnyMoment4C", Points: 1},
			{Name: "TestSlowDisks4C", Points: 1},
			{Name: "TestCrashesLoseWhatIsNotOnDisk4C", Points: 1},
			{Name: "TestOneSlowDisk4C", Points: 1},
			{Name: "TestVoteSurvivesCrash4C", Points: 1},
			{Name: "TestOwnVoteSurvivesCrash4C", Points: 1},
			{Name: "TestTermSurvivesCrash4C", Points: 1},
			{Name: "TestFollowerCrashesAtEachPoint4C", Points: 1},
			{Name: "TestLeaderCrashesAtEachPoint4C", Points: 1},
			{Name: "TestCrashInAnElection4C", Points: 1},
			{Name: "TestLogSurvivesCrash4C", Points: 1},
		}},
		{Name: "4D", Title: "snapshots", Tests: []Test{
			{Name: "TestSnapshotsTrimTheLog4D", Points: 2},
			{Name: "TestFollowerTakesOverASnapshot4D", Points: 2, RealTime: true},
			{Name: "TestFollowerRestartsFarBehind4D", Points: 1},
			{Name: "TestLeaderComesBackFarBehind4D", Points: 1},
			{Name: "TestSnapshotsOnABadNetwork4D", Points: 1},
			{Name: "TestChurnWithSnapshots4D", Points: 1},
			{Name: "TestAllRestartFromSnapshots4D", Points: 1},
			{Name: "TestLogIsTrimmedWhileAFollowerIsAway4D", Points: 1},
			{Name: "TestFollowerTakesASnapshotAndGoesOn4D", Points: 1},
			{Name: "TestLeaderSendsItsSnapshot4D", Points: 1},
			{Name: "TestCrashWhileTrimming4D", Points: 1},
			{Name: "TestSnapshotKeepsWhatFollows4D", Points: 1},
			{Name: "TestSnapshotReplacesWhatDoesNotFit4D", Points: 1},
			{Name: "TestLateSnapshotChangesNothing4D", Points: 1},
			{Name: "TestSnapshotOfAnOlderTerm4D", Points: 1},
			{Name: "TestSnapshotKeepsTheTermOfItsEnd4D", Points: 1},
		}},
		{Name: "4E", Title: "membership change", Tests: []Test{
			{Name: "TestServersAreAdded4E", Points: 1, RealTime: true},
			{Name: "TestServersAreRemoved4E", Points: 1},
			{Name: "TestLeaderIsRemoved4E", Points: 1},
			{Name: "TestAllServersAreReplaced4E", Points: 1},
			{Name: "TestDeadServers4E", Points: 1},
			{Name: "TestRemovedServersDisturbNobody4E", Points: 1},
			{Name: "TestElectionNeedsBothMajorities4E", Points: 1},
			{Name: "TestOneMajorityIsNotTwo4E", Points: 1},
			{Name: "TestCommitmentNeedsBothMajorities4E", Points: 1},
			{Name: "TestRemovedConfigurationIsForgotten4E", Points: 1},
			{Name: "TestNewServersCatchUpFirst4E", Points: 1},
			{Name: "TestRemovedLeaderWaitsForCommitment4E", Points: 1},
			{Name: "TestOneChangeAtATime4E", Points: 1},
			{Name: "TestNewLeaderEndsAChange4E", Points: 1},
			{Name: "TestCandidateDoesNotDisturbALeader4E", Points: 1},
			{Name: "TestNewServerWaitsAndVotes4E", Points: 1},
			{Name: "TestSnapshotHasTheConfiguration4E", Points: 1},
			{Name: "TestPartitionDuringAChange4E", Points: 1},
			{Name: "TestCrashesDuringAChange4E", Points: 1},
			{Name: "TestNewServersTakeOverASnapshot4E", Points: 1},
			{Name: "TestOneServerIsEnough4E", Points: 1},
			{Name: "TestChangesUnderLoad4E", Points: 1},
			{Name: "TestChangesAndCrashes4E", Points: 1},
			{Name: "TestWhoLeavesMayStillBeNeeded4E", Points: 1},
		}},
		{Name: "4P", Title: "Paxos, to compare", Tests: []Test{
			{Name: "TestOneProposer4P", Points: 1},
			{Name: "TestTwoAcceptorsAreDown4P", Points: 1},
			{Name: "TestTwoProposersAtOnce4P", Points: 1, RealTime: true},
			{Name: "TestLateAcceptIsRefused4P", Points: 1},
			{Name: "TestValueOfAMinorityIsFound4P", Points: 1},
			{Name: "TestAcceptIsAPromise4P", Points: 1},
			{Name: "TestRestartedAcceptorRemembers4P", Points: 1},
			{Name: "TestPromisedProposalIsAccepted4P", Points: 1},
			{Name: "TestHighestNumberComesLast4P", Points: 1},
			{Name: "TestHighestNumberComesFirst4P", Points: 1},
			{Name: "TestOneAcceptorIsNoMajority4P", Points: 1},
			{Name: "TestNumbersAreNotUsedAgain4P", Points: 1},
			{Name: "TestRefusedProposerPauses4P", Points: 1},
			{Name: "TestKilledProposerIsSilent4P", Points: 1},
			{Name: "TestPaxosOnABadNetwork4P", Points: 1},
		}},
	},
}, {
	Dir: "lab5-kvraft", Package: "kvraft", Title: "Lab 5: a key-value service on Raft",
	On: []string{"lab4-raft"}, Counts: Own,
	Limits: defaultLimits, Mix: defaultMix, Tells: TellAll,
	Parts: []Part{
		{Name: "5A", Title: "the service", Tests: []Test{
			{Name: "TestOneClient5A", Points: 1},
			{Name: "TestClientsShareKeys5A", Points: 1, RealTime: true},
			{Name: "TestBadNetwork5A", Points: 1},
			{Name: "TestLeaderCrashes5A", Points: 1},
			{Name: "TestLeaderIsCutOff5A", Points: 1},
			{Name: "TestAllCrash5A", Points: 1},
			{Name: "TestOneAfterTheOtherCrashes5A", Points: 1},
			{Name: "TestMajorityIsAway5A", Points: 1},
			{Name: "TestSlowDisks5A", Points: 1},
			{Name: "TestClientsCrash5A", Points: 1},
			{Name: "TestCutOffLeaderAnswersNobody5A", Points: 1},
			{Name: "TestLongPartitions5A", Points: 1},
			{Name: "TestOneWayCuts5A", Points: 1},
			{Name: "TestNoAnswerBeforeExecution5A", Points: 1},
			{Name: "TestRepeatedCommandHasItsOldResult5A", Points: 1},
			{Name: "TestNewLeaderKnowsWhatWasExecuted5A", Points: 1},
			{Name: "TestSerialsAreAClientsOwn5A", Points: 1},
			{Name: "TestDeposedLeaderLetsClientsGo5A", Points: 1},
			{Name: "TestRepeatWaitsForTheFirst5A", Points: 1},
			{Name: "TestCommandIsInTheLogTwice5A", Points: 1},
			{Name: "TestOldCommandsAreNotExecutedAgain5A", Points: 1},
			{Name: "TestSerialsMayHaveGaps5A", Points: 1},
			{Name: "TestLostCommandIsExecutedLater5A", Points: 1},
			{Name: "TestCommandIsCommittedAfterAll5A", Points: 1},
			{Name: "TestAnotherCommandStandsThere5A", Points: 1},
			{Name: "TestFollowerSendsClientsAway5A", Points: 1},
			{Name: "TestManyClientsAtOnce5A", Points: 1},
			{Name: "TestResults5A", Points: 1},
			{Name: "TestSwapIsJudgedWhenExecuted5A", Points: 1},
			{Name: "TestSwapOfAVersionToCome5A", Points: 1},
			{Name: "TestCommandsAreExecutedInOrder5A", Points: 1},
			{Name: "TestSameLogSameState5A", Points: 1},
			{Name: "TestClientsAreNotForgottenByTheClock5A", Points: 1},
			{Name: "TestIndexesMayHaveGaps5A", Points: 1},
			{Name: "TestKilledServerExecutesNothing5A", Points: 1},
			{Name: "TestClerkReturnsWhatItWasTold5A", Points: 1},
			{Name: "TestClerkAsksAgainWithTheSameID5A", Points: 1},
			{Name: "TestClerkFindsTheLeader5A", Points: 1},
			{Name: "TestClerkBelievesNoOldHints5A", Points: 1},
			{Name: "TestClerkLeavesADeadLeader5A", Points: 1},
			{Name: "TestClerkOutlastsASilence5A", Points: 1},
			{Name: "TestClerksHaveIDsOfTheirOwn5A", Points: 1},
			{Name: "TestAppendLosesNothing5A", Points: 1},
			{Name: "TestClerkPauses5A", Points: 1},
			{Name: "TestManyClerks5A", Points: 1},
		}},
		{Name: "5B", Title: "snapshots", Tests: []Test{
			{Name: "TestManyClientsAndSnapshots5B", Points: 1, Cases: 5},
			{Name: "TestLaggardGetsASnapshot5B", Points: 1},
			{Name: "TestCrashesAndSnapshots5B", Points: 1},
			{Name: "TestBadNetworkAndSnapshots5B", Points: 1},
			{Name: "TestPartitionsAndSnapshots5B", Points: 1},
			{Name: "TestManyClientsAndCrashes5B", Points: 1},
			{Name: "TestSnapshotRemembersWhatWasExecuted5B", Points: 1},
			{Name: "TestSnapshotReplacesTheState5B", Points: 1},
			{Name: "TestInstalledSnapshotRemembers5B", Points: 1},
			{Name: "TestSnapshotHasWhatAClientWaitsFor5B", Points: 1},
			{Name: "TestRestartsFromSnapshots5B", Points: 1},
			{Name: "TestLogIsTrimmedUnderLoad5B", Points: 1},
			{Name: "TestSnapshotHasOneResultOfAClient5B", Points: 1},
		}},
		{Name: "5C", Title: "reads without an entry", Tests: []Test{
			{Name: "TestReadWaitsForItsIndex5C", Points: 1},
			{Name: "TestNoIndexNoRead5C", Points: 1},
			{Name: "TestReadsMakeNoEntries5C", Points: 1},
			{Name: "TestCutOffLeaderReadsNothing5C", Points: 2},
			{Name: "TestNewLeaderReadsWhatWasCommitted5C", Points: 2},
			{Name: "TestReadsOnABadNetwork5C", Points: 1},
			{Name: "TestLeaseEndsBeforeTheNextLeader5C", Points: 2},
			{Name: "TestRestartedServerKeepsTheLease5C", Points: 1},
			{Name: "TestLeasesSaveMessages5C", Points: 1, Cases: 10},
			{Name: "TestReadsWhileMachinesAreReplaced5C", Points: 1},
		}},
		{Name: "5D", Title: "machines come and go", Tests: []Test{
			{Name: "TestAllMachinesAreReplaced5D", Points: 2},
			{Name: "TestLeaderIsReplaced5D", Points: 2},
			{Name: "TestCrashedMachineIsReplaced5D", Points: 2},
			{Name: "TestServiceGrowsAndShrinks5D", Points: 2},
			{Name: "TestMachineIsReplaced5D", Points: 2},
			{Name: "TestRaftDecidesChanges5D", Points: 1},
			{Name: "TestClerkAsksUntilTheChangeIsDone5D", Points: 1},
			{Name: "TestClerkPausesWhileAChangeIsUnderWay5D", Points: 1},
		}},
	},
}}

// findLab returns the lab of that name.
func findLab(table []Lab, name string) (*Lab, error) {
	var names []string
	for i := range table {
		if table[i].Dir == name {
			return &table[i], nil
		}
		names = append(names, table[i].Dir)
	}
	return nil, fmt.Errorf("%q is not a lab; there are: %s", name, strings.Join(names, ", "))
}

// hidden returns the package of the hidden suite, relative to the course.
func (l *Lab) hidden() string { return path.Join("grader/hidden", l.Dir) }

// solution returns the folder of the reference, relative to the course.
func (l *Lab) solution() string { return path.Join("solutions", l.Dir) }

// mutants returns the folder of the mutants, relative to the course.
func (l *Lab) mutants() string { return path.Join("grader/mutants", l.Dir) }

// Points returns what the whole lab is worth.
func (l *Lab) Points() int {
	sum := 0
	for t := range l.tests() {
		sum += t.Points
	}
	return sum
}

// tests yields the tests of all parts, in the table's order.
func (l *Lab) tests() func(yield func(Test) bool) {
	return func(yield func(Test) bool) {
		for _, p := range l.Parts {
			for _, t := range p.Tests {
				if !yield(t) {
					return
				}
			}
		}
	}
}

// test returns the test of that name.
func (l *Lab) test(name string) (Test, error) {
	var names []string
	for t := range l.tests() {
		if t.Name == name {
			return t, nil
		}
		names = append(names, t.Name)
	}
	return Test{}, fmt.Errorf("%s is not a test of %s; there are: %s", name, l.Dir, strings.Join(names, ", "))
}

// isGiven reports whether a file of the lab's folder is ours: a test, or on
// the list.
func (l *Lab) isGiven(name string) bool {
	return strings.HasSuffix(name, "_test.go") || slices.Contains(l.Given, name)
}
