package relay

import (
	"encoding/binary"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// message makes an OP_MSG of a body.
func message(t testing.TB, body any) frame {
	t.Helper()
	document, err := bson.Marshal(body)
	require.NoError(t, err)
	f := newFrame(make(frame, headerSize), document)
	binary.LittleEndian.PutUint32(f[4:], 7)
	return f
}

// withSequence adds a list of documents beside the body.
func withSequence(t testing.TB, f frame, name string, documents ...any) frame {
	t.Helper()
	content := append([]byte(name), 0)
	for _, d := range documents {
		document, err := bson.Marshal(d)
		require.NoError(t, err)
		content = append(content, document...)
	}
	section := binary.LittleEndian.AppendUint32([]byte{1}, uint32(len(content)+4))
	f = append(append(f, section...), content...)
	binary.LittleEndian.PutUint32(f, uint32(len(f)))
	return f
}

// upstream is a server that shows each request's name on got and answers it when it reads from proceed.
type upstream struct {
	address string
	got     chan string
	proceed chan any
}

func serveUpstream(t testing.TB) upstream {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listener.Close()) })
	u := upstream{address: listener.Addr().String(), got: make(chan string, 16), proceed: make(chan any, 16)}
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go u.serve(t, c)
		}
	}()
	return u
}

func (u upstream) serve(t testing.TB, c net.Conn) {
	defer func() { _ = c.Close() }()
	for {
		request, err := readFrame(c)
		if err != nil {
			return
		}
		parsed, err := parse(request)
		if err != nil {
			return
		}
		u.got <- parsed.name
		answer := message(t, <-u.proceed)
		binary.LittleEndian.PutUint32(answer[8:], request.requestID())
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}

func relayTo(t testing.TB, address string) *Relay {
	t.Helper()
	r, err := New(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

func dial(t testing.TB, r *Relay) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", r.Address())
	require.NoError(t, err)
	require.NoError(t, c.SetDeadline(time.Now().Add(10*time.Second)))
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func send(t testing.TB, c net.Conn, f frame) {
	t.Helper()
	_, err := c.Write(f)
	require.NoError(t, err)
}

func receive(t testing.TB, c net.Conn) command {
	t.Helper()
	f, err := readFrame(c)
	require.NoError(t, err)
	require.Equal(t, uint32(7), binary.LittleEndian.Uint32(f[8:]), "the answer is to the request")
	got, err := parse(f)
	require.NoError(t, err)
	return got
}

// next waits for the next request at the upstream.
func (u upstream) next(t testing.TB) string {
	t.Helper()
	select {
	case name := <-u.got:
		return name
	case <-time.After(10 * time.Second):
		require.FailNow(t, "no request came")
		return ""
	}
}
