package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"

	"github.com/lablet-cloud-manager/lcm/deploy/wire/internal/ferret"
)

// testLostReplies: a write whose reply is lost says so, and a look tells that it arrived.
func testLostReplies(t *testing.T, upstream string) {
	ctx, relay := deadline(t), ferret.Relay(t, upstream)
	e := mustOpen(ctx, t, freshDatabase(t, "mongodb://"+relay.Address()), "color")
	d := store.Document{ID: "a", Version: 1}
	second := d
	second.Version = 2
	for _, c := range []struct {
		command string
		write   func() error
		arrived func(store.Document, error) bool
	}{
		{"insert", func() error { return e.Insert(ctx, "things", d) },
			func(got store.Document, err error) bool { return err == nil && got.Version == 1 }},
		{"update", func() error { return e.Replace(ctx, "things", second, 1) },
			func(got store.Document, err error) bool { return err == nil && got.Version == 2 }},
		{"update", func() error { return e.Mark(ctx, "things", "a", 2, 2, 2, false) },
			func(got store.Document, err error) bool { return err == nil && got.Journaled == 2 }},
		{"delete", func() error { return e.Delete(ctx, "things", "a", 2) },
			func(_ store.Document, err error) bool { return err != nil }},
	} {
		relay.LoseReply(c.command)
		err := c.write()
		require.ErrorIs(t, err, store.ErrUnknown, c.command)
		require.ErrorIs(t, err, store.ErrUnavailable, c.command)
		got, err := e.Get(ctx, "things", "a")
		require.True(t, c.arrived(got, err), "%s: %+v, %v", c.command, got, err)
	}
	require.NoError(t, e.Insert(ctx, "things", d))
	relay.LoseReply("find")
	_, err := e.Get(ctx, "things", "a")
	require.NoError(t, err, "a read is simply read again")
}

// testServerGone: without a server nothing is sent, so nothing is unknown.
func testServerGone(t *testing.T, upstream string) {
	ctx, relay := deadline(t), ferret.Relay(t, upstream)
	// Dropped through another relay, since this one ends.
	url := freshDatabase(t, "mongodb://"+ferret.Relay(t, upstream).Address()+"/?serverSelectionTimeoutMS=200")
	name := raw(t, url).Name()
	e := mustOpen(ctx, t, "mongodb://"+relay.Address()+"/"+name+"?serverSelectionTimeoutMS=200", "color")
	require.NoError(t, relay.Close())

	// The first call may still find a connection that it takes for alive.
	_, err := e.Get(ctx, "things", "a")
	require.ErrorIs(t, err, store.ErrUnavailable)
	for reason, err := range map[string]error{
		"insert": e.Insert(ctx, "things", store.Document{ID: "a", Version: 1}),
		"mark":   e.Mark(ctx, "things", "a", 1, 1, 1, false),
		"ping":   e.Ping(ctx),
	} {
		require.ErrorIs(t, err, store.ErrUnavailable, reason)
		require.NotErrorIs(t, err, store.ErrUnknown, reason)
	}
}

// testRefusals: what the relay refuses fails at the client, with the reason.
func testRefusals(t *testing.T, upstream string) {
	ctx, relay := deadline(t), ferret.Relay(t, upstream)
	things := raw(t, freshDatabase(t, "mongodb://"+relay.Address())).Collection("things")
	_, err := things.UpdateOne(ctx, bson.D{}, mongo.Pipeline{{{Key: "$set", Value: bson.D{{Key: "a", Value: "$b"}}}}})
	require.ErrorContains(t, err, "pipeline is not served")
	_, err = things.InsertOne(ctx, bson.D{{Key: "a.b", Value: 1}})
	require.ErrorContains(t, err, "can't be stored")
	require.Len(t, relay.Refused(), 2)
}
