package relay

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
)

func one(key string) bson.D { return bson.D{{Key: key, Value: 1}} }

func TestOneChangeAtATime(t *testing.T) {
	u := serveUpstream(t)
	r := relayTo(t, u.address)
	first, second, reader := dial(t, r), dial(t, r), dial(t, r)
	send(t, first, message(t, one("insert")))
	require.Equal(t, "insert", u.next(t))

	send(t, second, message(t, one("delete")))
	send(t, reader, message(t, one("find")))
	require.Equal(t, "find", u.next(t), "reads pass, changes wait")
	u.proceed <- one("ok")
	u.proceed <- one("ok")
	require.Equal(t, "delete", u.next(t), "then it is the next one's turn")
	u.proceed <- one("ok")
	receive(t, first)
	receive(t, second)
	receive(t, reader)
}

func TestChangesEndWithoutTheirClient(t *testing.T) {
	u := serveUpstream(t)
	r := relayTo(t, u.address)
	gone, other := dial(t, r), dial(t, r)
	send(t, gone, message(t, one("update")))
	require.Equal(t, "update", u.next(t))
	require.NoError(t, gone.Close())

	send(t, other, message(t, one("insert")))
	const readers = 5 // each gives a change that doesn't wait the time to show
	for range readers {
		send(t, dial(t, r), message(t, one("find")))
		require.Equal(t, "find", u.next(t), "the other change still waits")
	}
	for range readers + 1 {
		u.proceed <- one("ok")
	}
	require.Equal(t, "insert", u.next(t))
	u.proceed <- one("ok")
	receive(t, other)
}

func TestRefusedCommandsDoNotReachTheServer(t *testing.T) {
	u := serveUpstream(t)
	r := relayTo(t, u.address)
	c := dial(t, r)
	send(t, c, message(t, bson.D{{Key: "insert", Value: "things"}, {Key: "startTransaction", Value: true}}))
	got := receive(t, c)
	require.Equal(t, "relay: startTransaction is not served", got.body.Lookup("errmsg").StringValue())
	require.Equal(t, []string{"insert: startTransaction is not served"}, r.Refused())
	require.Empty(t, u.got)
}

func TestTakenUniqueValueInUpdate(t *testing.T) {
	u := serveUpstream(t)
	c := dial(t, relayTo(t, u.address))
	internal := bson.D{{Key: "ok", Value: 0.0}, {Key: "code", Value: 1}, {Key: "errmsg", Value: "constraint failed: UNIQUE constraint failed: index"}}
	send(t, c, message(t, one("update")))
	u.proceed <- internal
	failures, err := receive(t, c).body.Lookup("writeErrors").Array().Values()
	require.NoError(t, err)
	require.Equal(t, int32(11000), failures[0].Document().Lookup("code").Int32())

	send(t, c, message(t, one("find")))
	u.proceed <- internal
	require.Equal(t, "ok", receive(t, c).name, "other answers stay as they are")
}

func TestLostReply(t *testing.T) {
	u := serveUpstream(t)
	r := relayTo(t, u.address)
	r.LoseReply("insert")
	c := dial(t, r)
	send(t, c, message(t, one("find")))
	u.proceed <- one("ok")
	receive(t, c)
	send(t, c, message(t, one("insert")))
	u.proceed <- one("ok")
	_, err := readFrame(c)
	require.Error(t, err, "the connection ends")
	require.Equal(t, "find", u.next(t))
	require.Equal(t, "insert", u.next(t), "the command had its effect")

	again := dial(t, r)
	send(t, again, message(t, one("insert")))
	u.proceed <- one("ok")
	receive(t, again)
}

func TestCloseEndsWaitingClients(t *testing.T) {
	u := serveUpstream(t)
	r := relayTo(t, u.address)
	c := dial(t, r)
	send(t, c, message(t, one("find")))
	require.Equal(t, "find", u.next(t))
	require.NoError(t, r.Close())
	_, err := readFrame(c)
	require.Error(t, err)
}
