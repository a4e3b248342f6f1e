package wire_test

import (
	"math/big"
	"testing"
	"time"

	"distlabs/labgob"
)

// Types written by hand, for what reflect cannot build: names, recursion,
// methods.
type (
	term  int
	entry struct {
		Term    term
		Index   uint32
		Command any
	}
	tree struct {
		Left, Right *tree
		Value       int
		Tags        map[string][]byte
	}
	Base struct {
		ID   int
		Name string
	}
	derived struct {
		Base
		*Extra
		Own float32
	}
	Extra struct{ Note string }
	stamp struct {
		At   time.Time
		Soon *time.Time
		Big  *big.Int
		For  time.Duration
	}
	forest map[term]forest
	chain  []chain
)

func init() {
	for _, v := range []any{entry{}, &tree{}, Base{}, time.Time{}, map[string]any{}, []any{}} {
		labgob.Register(v)
	}
}

func quiet(t testing.TB) {
	stop := labgob.Listen(func(labgob.Complaint) {})
	t.Cleanup(stop)
}
