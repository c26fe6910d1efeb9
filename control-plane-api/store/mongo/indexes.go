package mongo

import "go.mongodb.org/mongo-driver/v2/bson"

// index describes one index of a collection.
type index struct {
	name   string
	keys   bson.D
	unique bool
}

// indexes lists those that the frequent queries need. Each ends with the id, which breaks ties in every order.
func (c collection) indexes() []index {
	ordered := func(name, key string) index {
		return index{name: name, keys: bson.D{{Key: key, Value: 1}, {Key: keyID, Value: 1}}}
	}
	all := []index{
		{name: keyUnique, keys: bson.D{{Key: keyUnique, Value: 1}}, unique: true},
		ordered(keyDirty, keyDirty),
		ordered(keyExpiresAt, keyExpiresAt),
		ordered(keyCreatedAt, keyCreatedAt),
	}
	for _, field := range c.Fields {
		all = append(all, ordered(valueKey(field), valueKey(field)))
	}
	return all
}
