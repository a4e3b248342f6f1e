package labrpc

import "sync/atomic"

// The classic MakeNetwork has no parameter through which the run that it
// belongs to could come in, so simtest leaves it here.
var host atomic.Pointer[func() Config]

func currentHost() func() Config {
	if h := host.Load(); h != nil {
		return *h
	}
	return nil
}

// SetHost says what MakeNetwork builds upon until the next SetHost; nil for
// nothing. Only simtest calls it.
func SetHost(config func() Config) {
	if config == nil {
		host.Store(nil)
		return
	}
	host.Store(&config)
}
