package relay

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// update is an update command with one update in its body.
func update(one bson.D) bson.D {
	return bson.D{{Key: "update", Value: "things"}, {Key: "updates", Value: bson.A{one}}}
}

func change(u any) bson.D { return bson.D{{Key: "q", Value: bson.D{}}, {Key: "u", Value: u}} }

func set(key string, value any) bson.D {
	return change(bson.D{{Key: "$set", Value: bson.D{{Key: key, Value: value}}}})
}

func insert(document bson.D) bson.D {
	return bson.D{{Key: "insert", Value: "things"}, {Key: "documents", Value: bson.A{document}}}
}

func find(filter bson.D) bson.D {
	return bson.D{{Key: "find", Value: "things"}, {Key: "filter", Value: filter}}
}

func aggregate(stage bson.D) bson.D {
	return bson.D{{Key: "aggregate", Value: "things"}, {Key: "pipeline", Value: bson.A{stage}}}
}

func createIndex(keys bson.D, option string) bson.D {
	index := bson.D{{Key: "key", Value: keys}, {Key: "name", Value: "i"}}
	if option != "" {
		index = append(index, bson.E{Key: option, Value: 1})
	}
	return bson.D{{Key: "createIndexes", Value: "things"}, {Key: "indexes", Value: bson.A{index}}}
}

func sum(fields ...string) bson.D {
	group := bson.D{{Key: "_id", Value: nil}}
	for _, f := range fields {
		group = append(group, bson.E{Key: f, Value: bson.D{{Key: "$sum", Value: 1}}})
	}
	return bson.D{{Key: "$group", Value: group}}
}

func TestRefusals(t *testing.T) {
	nested := bson.A{bson.A{1}}
	for reason, body := range map[string]bson.D{
		"transaction":             {{Key: "find", Value: "things"}, {Key: "autocommit", Value: false}},
		"collation":               {{Key: "find", Value: "things"}, {Key: "collation", Value: bson.D{}}},
		"bulk write":              one("bulkWrite"),
		"validator":               {{Key: "create", Value: "things"}, {Key: "validator", Value: bson.D{}}},
		"expression in a filter":  find(bson.D{{Key: "$expr", Value: bson.D{}}}),
		"element match, deep":     find(bson.D{{Key: "$or", Value: bson.A{bson.D{{Key: "a", Value: bson.D{{Key: "$elemMatch", Value: bson.D{}}}}}}}}),
		"expression in an update": update(bson.D{{Key: "q", Value: bson.D{{Key: "$expr", Value: bson.D{}}}}, {Key: "u", Value: bson.D{}}}),
		"dotted key":              insert(bson.D{{Key: "a.b", Value: 1}}),
		"dollar key, deep":        insert(bson.D{{Key: "a", Value: bson.D{{Key: "$b", Value: 1}}}}),
		"nested array":            insert(bson.D{{Key: "a", Value: nested}}),
		"nested array, set":       update(set("a", nested)),
		"pipeline update":         update(change(bson.A{bson.D{}})),
		"positional":              update(set("a.$.b", 1)),
		"positional, all":         update(set("a.$[].b", 1)),
		"array filters":           update(append(change(bson.D{}), bson.E{Key: "arrayFilters", Value: bson.A{}})),
		"slice":                   update(change(bson.D{{Key: "$push", Value: bson.D{{Key: "a", Value: bson.D{{Key: "$slice", Value: 3}}}}}})),
		"projection":              {{Key: "findAndModify", Value: "things"}, {Key: "fields", Value: bson.D{}}},
		"stage":                   aggregate(bson.D{{Key: "$lookup", Value: bson.D{}}}),
		"set stage":               aggregate(bson.D{{Key: "$set", Value: bson.D{}}}),
		"change stream":           aggregate(bson.D{{Key: "$changeStream", Value: bson.D{}}}),
		"two accumulators":        aggregate(sum("a", "b")),
		"another accumulator":     aggregate(bson.D{{Key: "$group", Value: bson.D{{Key: "a", Value: bson.D{{Key: "$avg", Value: 1}}}}}}),
		"expiring index":          createIndex(one("a"), "expireAfterSeconds"),
		"partial index":           createIndex(one("a"), "partialFilterExpression"),
		"sparse index":            createIndex(one("a"), "sparse"),
		"text index":              createIndex(bson.D{{Key: "a", Value: "text"}}, ""),
	} {
		c, err := parse(message(t, body))
		require.NoError(t, err, reason)
		require.NotEmpty(t, c.refusal(), reason)
	}
	c, err := parse(withSequence(t, message(t, bson.D{{Key: "insert", Value: "things"}}), "documents", bson.D{}, bson.D{{Key: "a.b", Value: 1}}))
	require.NoError(t, err)
	require.NotEmpty(t, c.refusal(), "documents beside the body are looked at too")
}

func TestServedCommands(t *testing.T) {
	for reason, body := range map[string]bson.D{
		"hello":        one("hello"),
		"insert":       insert(bson.D{{Key: "_id", Value: "a"}, {Key: "list", Value: bson.A{1, bson.D{{Key: "k", Value: "v"}}}}}),
		"filter":       find(bson.D{{Key: "$or", Value: bson.A{bson.D{{Key: "a", Value: bson.D{{Key: "$gt", Value: 1}}}}}}}),
		"set and max":  update(change(bson.D{{Key: "$set", Value: one("a")}, {Key: "$max", Value: one("b")}})),
		"push each":    update(change(bson.D{{Key: "$push", Value: bson.D{{Key: "a", Value: bson.D{{Key: "$each", Value: bson.A{1}}}}}}})),
		"count":        aggregate(sum("n")),
		"index":        createIndex(bson.D{{Key: "a", Value: 1}, {Key: "_id", Value: 1}}, "unique"),
		"replace":      update(change(bson.D{{Key: "a", Value: 1}})),
		"delete":       {{Key: "delete", Value: "things"}, {Key: "deletes", Value: bson.A{bson.D{{Key: "q", Value: bson.D{}}}}}},
		"find, modify": {{Key: "findAndModify", Value: "things"}, {Key: "update", Value: bson.D{{Key: "$set", Value: one("a")}}}},
	} {
		c, err := parse(message(t, body))
		require.NoError(t, err, reason)
		require.Empty(t, c.refusal(), reason)
	}
}
