package electiontest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
)

// A Locker has a lock to itself now and then; see election.Client and
// election.Member.
type Locker interface {
	Lock() bool
	Unlock()
}

// Users are processes that use a lock. What they do with it is written into
// the trace, where a [NewHolderJudge] watches.
type Users struct {
	*simtest.World

	mu sync.Mutex
	// mu guards:
	users   map[labrpc.NodeID]*user
	entries int // so far, of all
	visits  int // that have yet to end
	over    bool
}

// begin makes the users of a run. What they do after its end is not judged.
func begin(u *Users, w *simtest.World) {
	u.World = w
	u.users = make(map[labrpc.NodeID]*user)
	w.AtEnd(func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.over = true
	})
}

// A user is one life of a process. Users.mu guards it.
type user struct {
	locker Locker
	env    *labrpc.Env
	dead   bool
	state  string // as in the trace
}

// joins makes a life of a process a user.
func (u *Users) joins(env *labrpc.Env, l Locker) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.users[env.ID()] = &user{locker: l, env: env, state: lockFree}
}

// dies ends the life of a process as a user.
func (u *Users) dies(p labrpc.NodeID) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.users[p].dead = true
}

func (u *Users) user(p labrpc.NodeID) *user {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.users[p]
}

// becomes notes what a user does. It returns false if the user is dead.
func (u *Users) becomes(x *user, state string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if x.dead {
		return false
	}
	x.state = state
	x.env.State(lockKey, state)
	if state == lockHeld {
		u.entries++
	}
	return true
}

// Want lets processes ask for the lock and keep it until [Users.Leave]. It
// does not wait.
func (u *Users) Want(processes ...labrpc.NodeID) {
	for _, p := range processes {
		x := u.user(p)
		u.becomes(x, lockWants)
		go u.enter(x)
	}
}

// enter waits for the lock. It returns false if the user has died.
func (u *Users) enter(x *user) bool {
	if x.locker.Lock() {
		return u.becomes(x, lockHeld)
	}
	u.mu.Lock()
	alive := !x.dead && !u.over
	u.mu.Unlock()
	if alive {
		u.Fail(broken(NobodyWaitsForEver, "Lock of process %d returned false, although nobody has killed it", x.env.ID()))
	}
	return false
}

func (u *Users) leave(x *user) {
	if u.becomes(x, lockFree) {
		x.locker.Unlock()
	}
}

// Leave lets a process that holds the lock give it back.
func (u *Users) Leave(p labrpc.NodeID) { u.leave(u.user(p)) }

// Visit lets a process enter and leave so many times in the background. It
// stays for the given time, and stays away for up to as long.
func (u *Users) Visit(p labrpc.NodeID, times int, stay time.Duration) {
	x := u.user(p)
	var away []time.Duration
	for range times {
		away = append(away, time.Duration(u.Rand().Int64N(int64(stay))))
	}
	u.mu.Lock()
	u.visits++
	u.mu.Unlock()
	go func() {
		defer u.visited()
		for i := range times {
			if !u.becomes(x, lockWants) || !u.enter(x) {
				return
			}
			u.Sleep(stay)
			u.leave(x)
			u.Sleep(away[i])
		}
	}()
}

func (u *Users) visited() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.visits--
}

// patience is how long anybody has to wait at most, where nobody stays long.
const patience = 10 * time.Second

// WaitForVisits waits until every visit has ended.
func (u *Users) WaitForVisits() {
	u.wait("their visits", func() bool { return u.visits == 0 })
}

// WaitForHolder waits until a process holds the lock.
func (u *Users) WaitForHolder(p labrpc.NodeID) {
	u.wait(fmt.Sprintf("process %d to get the lock", p), func() bool { return u.users[p].state == lockHeld })
}

// wait waits until cond, which is called with mu held, is true.
func (u *Users) wait(what string, cond func() bool) {
	for deadline := u.Now() + patience; ; u.Sleep(3 * time.Millisecond) {
		u.mu.Lock()
		done, waiting := cond(), u.waiting()
		u.mu.Unlock()
		if done {
			return
		}
		if u.Now() >= deadline {
			u.Fail(broken(NobodyWaitsForEver, "the test waited %v for %s: %s", patience, what, waiting))
		}
	}
}

// waiting says who waits and who holds the lock. u.mu must be held.
func (u *Users) waiting() string {
	var out []string
	for _, p := range slices.Sorted(maps.Keys(u.users)) {
		x := u.users[p]
		if x.dead {
			continue
		}
		switch x.state {
		case lockWants:
			out = append(out, fmt.Sprintf("process %d waits for the lock", p))
		case lockHeld:
			out = append(out, fmt.Sprintf("process %d holds it", p))
		}
	}
	if out == nil {
		return "nobody waits for the lock or holds it"
	}
	return strings.Join(out, ", ")
}

// ExpectHolder ends the run unless a process holds the lock now, as far as it
// knows.
func (u *Users) ExpectHolder(rule string, p labrpc.NodeID) {
	if u.state(p) != lockHeld {
		u.Fail(broken(rule, "process %d should hold the lock, and does not", p))
	}
}

// ExpectOutside ends the run if a process holds the lock now.
func (u *Users) ExpectOutside(rule string, p labrpc.NodeID) {
	if u.state(p) == lockHeld {
		u.Fail(broken(rule, "process %d got the lock, which it should not have", p))
	}
}

func (u *Users) state(p labrpc.NodeID) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.users[p].state
}

// Entries returns how many times the lock has been entered.
func (u *Users) Entries() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.entries
}

// WaitForServed waits until each of these, which want the lock, has held it,
// and lets it leave when it does.
func (u *Users) WaitForServed(processes ...labrpc.NodeID) {
	left := make(map[labrpc.NodeID]bool)
	for len(left) < len(processes) {
		u.wait(fmt.Sprintf("processes %v to get the lock", processes), func() bool {
			for _, p := range processes {
				if u.users[p].state == lockHeld {
					return true
				}
			}
			return false
		})
		for _, p := range processes {
			if !left[p] && u.state(p) == lockHeld {
				left[p] = true
				u.Leave(p)
			}
		}
	}
}
