package labrpc

import (
	"sync/atomic"

	_ "distlabs/labrpc/attest" // begins before any package that imports this one
)

// The classic MakeNetwork has no parameter through which the run that it
// belongs to could come in, so simtest leaves it here.
var host atomic.Pointer[func() *Network]

func currentHost() func() *Network {
	if h := host.Load(); h != nil {
		return *h
	}
	return nil
}

// SetHost says where MakeNetwork finds the network of the run that it is
// called in, until the next SetHost; nil for nowhere. adopt returns nil if
// that network is taken. Only simtest calls it.
func SetHost(adopt func() *Network) {
	if adopt == nil {
		host.Store(nil)
		return
	}
	host.Store(&adopt)
}
