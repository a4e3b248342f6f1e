// Package pitfall talks over a real socket.
package pitfall

import (
	"net"
	"time"

	"distlabs/labrpc"
)

// A Node has a real connection to a server of its own.
type Node struct {
	env  *labrpc.Env
	conn net.Conn
}

// Start runs the node.
func Start(env *labrpc.Env) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go serve(env, l)
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		panic(err)
	}
	n := &Node{env: env, conn: conn}
	go n.read()
}

func serve(env *labrpc.Env, l net.Listener) {
	conn, err := l.Accept()
	if err != nil {
		return
	}
	env.Clock().Sleep(time.Second)
	conn.Write([]byte{1})
}

func (n *Node) read() {
	n.conn.Read(make([]byte, 1))
}
