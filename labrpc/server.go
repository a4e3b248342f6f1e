package labrpc

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"runtime/debug"
	"runtime/pprof"
	"sort"
	"strings"
	"sync/atomic"
	"unsafe"

	"distlabs/labgob/wire"
)

// A Server is a collection of services that share one machine.
type Server struct {
	// By name. A map here is replaced, never changed: handlers read it while
	// services are added. The pointer is touched under hide only.
	services atomic.Pointer[map[string]*Service]
	count    atomic.Int64
	sync     byte // its address carries what is published to handlers
}

// MakeServer returns a server without services.
func MakeServer() *Server {
	s := &Server{}
	s.services.Store(&map[string]*Service{})
	return s
}

// AddService adds svc under its name. What the caller did before is visible to
// the handlers of svc.
func (s *Server) AddService(svc *Service) {
	for {
		old := s.known()
		services := maps.Clone(*old)
		services[svc.name] = svc
		publish(unsafe.Pointer(&s.sync))
		hide()
		done := s.services.CompareAndSwap(old, &services)
		unhide()
		if done {
			return
		}
	}
}

// known returns the services, and makes visible what was done before they were
// added.
func (s *Server) known() *map[string]*Service {
	hide()
	services := s.services.Load()
	unhide()
	receive(unsafe.Pointer(&s.sync))
	return services
}

// GetCount returns how many requests the server has got.
func (s *Server) GetCount() int { return int(s.count.Load()) }

// A Service is an object whose methods can be called from other machines.
//
// A method can be called if it is exported and has the form
// func (t *T) Name(args *A, reply *R) with no result.
//
// A call to a method that there is not is a mistake of the caller's, unless the
// object has a method Ignores(method string) bool that is true for it: then it
// is a call that is not answered.
type Service struct {
	name    string
	rcvr    reflect.Value
	methods map[string]handler
	others  map[string]string // exported methods that cannot be called, and their form
	ignores func(method string) bool
}

type handler struct {
	fn          reflect.Value // takes the receiver, args and reply
	rcvr        reflect.Value
	args, reply reflect.Type // what the handler gets, or gets pointers to
	byPointer   bool         // whether it takes a pointer to args; it always does to reply
}

// MakeService returns a service named after the type of rcvr.
func MakeService(rcvr any) *Service {
	typ := reflect.TypeOf(rcvr)
	svc := &Service{
		name:    reflect.Indirect(reflect.ValueOf(rcvr)).Type().Name(),
		rcvr:    reflect.ValueOf(rcvr),
		methods: make(map[string]handler),
		others:  make(map[string]string),
		ignores: func(string) bool { return false },
	}
	if i, ok := rcvr.(interface{ Ignores(string) bool }); ok {
		svc.ignores = i.Ignores
	}
	for i := range typ.NumMethod() {
		m := typ.Method(i)
		if m.Type.NumIn() != 3 || m.Type.NumOut() != 0 || m.Type.In(2).Kind() != reflect.Pointer {
			svc.others[m.Name] = svc.rcvr.Method(i).Type().String()
			continue
		}
		h := handler{fn: m.Func, rcvr: svc.rcvr, args: m.Type.In(1), reply: m.Type.In(2).Elem()}
		if h.args.Kind() == reflect.Pointer {
			h.args, h.byPointer = h.args.Elem(), true
		}
		svc.methods[m.Name] = h
	}
	return svc
}

// handler finds "Service.Method", or says in a sentence why it cannot. It finds
// nothing, without a word, for a method that the service ignores.
func (s *Server) handler(svcMeth string) (handler, *Problem) {
	dot := strings.LastIndexByte(svcMeth, '.')
	if dot < 0 {
		return handler{}, &Problem{Rule: "UnknownService", Text: fmt.Sprintf("Call wants a method as %q, got %q", "Service.Method", svcMeth)}
	}
	services := *s.known()
	svc, ok := services[svcMeth[:dot]]
	if !ok {
		return handler{}, &Problem{Rule: "UnknownService", Text: fmt.Sprintf(
			"there is no service %s (called as %s); this machine serves: %s", svcMeth[:dot], svcMeth, list(services))}
	}
	h, ok := svc.methods[svcMeth[dot+1:]]
	if ok {
		return h, nil
	}
	if svc.ignores(svcMeth[dot+1:]) {
		return handler{}, nil
	}
	if form, ok := svc.others[svcMeth[dot+1:]]; ok {
		return handler{}, &Problem{Rule: "WrongSignature", Text: fmt.Sprintf(
			"%s cannot be called from another machine: it is a %s and must be a func(args *A, reply *R) without a result", svcMeth, form)}
	}
	return handler{}, &Problem{Rule: "UnknownService", Text: fmt.Sprintf(
		"service %s has no method %s; it has: %s", svc.name, svcMeth[dot+1:], list(svc.methods))}
}

func list[T any](m map[string]T) string {
	if len(m) == 0 {
		return "none"
	}
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

// An errand is a request to serve: c, on server, which belongs to life lf.
type errand struct {
	c      *call
	server *Server
	lf     *life
}

// startHandler serves e in another goroutine, which to the race detector comes
// after nothing.
//
// Under the detector that goroutine is a new one, so that no two handlers of a
// machine are ordered by it. Otherwise it may be one that has served before:
// its stack has grown already.
//
//go:norace
func (n *Network) startHandler(e errand) {
	hide()
	defer unhide()
	if RaceEnabled {
		go n.serve(e)
		return
	}
	select {
	case n.errands <- e:
	default:
		go n.serveAll(e)
	}
}

// serveAll serves e, and then whatever comes while it waits for more.
func (n *Network) serveAll(e errand) {
	n.serve(e)
	for e := range n.errands {
		n.serve(e)
	}
}

// serve runs the handler for a call and sends its reply.
func (n *Network) serve(e errand) {
	c, server, lf := e.c, e.server, e.lf
	receive(unsafe.Pointer(&server.sync))
	pprof.SetGoroutineLabels(lf.labels)
	answered := false
	defer func() {
		if r := recover(); r != nil {
			n.problem(handlerPanic(c.method, lf.id(), r, debug.Stack()))
		}
		if !answered { // also where the handler called runtime.Goexit
			n.mail.put(op{kind: opDead, call: c, life: lf})
		}
		pprof.SetGoroutineLabels(context.Background())
	}()
	h, prob := server.handler(c.method)
	if prob != nil {
		prob.Node = lf.id()
		n.problem(*prob)
		return
	}
	if !h.fn.IsValid() {
		return
	}
	args := reflect.New(h.args)
	if err := c.request().UnmarshalValue(args); err != nil {
		n.problem(Problem{Rule: "Unreadable", Node: lf.id(), Text: fmt.Sprintf("the arguments of %s do not fit its handler: %v", c.method, err)})
		return
	}
	if !h.byPointer {
		args = args.Elem()
	}
	reply := reflect.New(h.reply)
	h.fn.Call([]reflect.Value{h.rcvr, args, reply})
	msg, err := wire.MarshalReply(reply.Interface(), c.method)
	if err != nil {
		n.problem(Problem{Rule: "Unsendable", Node: lf.id(), Text: fmt.Sprintf("the reply of %s cannot be sent: %v", c.method, err)})
		return
	}
	answered = true
	n.mail.put(op{kind: opReply, call: c, msg: msg, life: lf})
}

//go:norace
func (c *call) request() wire.Message { return c.args }

// handlerPanic says in a sentence what panicked, and where in the handler's
// own code.
func handlerPanic(method string, node NodeID, value any, stack []byte) Problem {
	p := Problem{Rule: "HandlerPanic", Node: node, Text: fmt.Sprintf("%s panicked: %v", method, value)}
	lines := strings.Split(string(stack), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "panic(") {
			lines = lines[i+2:] // what follows is the panicking code
			break
		}
	}
	for i, line := range lines {
		if strings.HasPrefix(line, "reflect.Value.call(") || strings.HasPrefix(line, "distlabs/labrpc.") {
			lines = lines[:i]
			break
		}
	}
	for i := 0; i+1 < len(lines); i += 2 {
		at, _, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " +0x")
		p.Detail = append(p.Detail, lines[i]+" at "+at)
	}
	return p
}
