package mongo

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// maxContains is the most bytes of a text that Contains searches for; servers bound their patterns.
const maxContains = 4096

// filter is a query's conditions in the making.
type filter struct {
	conditions bson.A
	// nothing says that no document can match, so that the server needn't be asked.
	nothing bool
}

func (f *filter) add(key string, condition any) {
	f.conditions = append(f.conditions, bson.D{{Key: key, Value: condition}})
}

// document renders the filter.
func (f *filter) document() any {
	switch len(f.conditions) {
	case 0:
		return bson.D{}
	case 1:
		return f.conditions[0]
	default:
		return bson.D{{Key: "$and", Value: f.conditions}}
	}
}

// filterOf translates the conditions of a checked query; After is not one of them.
func filterOf(q store.Query) (*filter, error) {
	f := &filter{}
	for _, field := range slices.Sorted(maps.Keys(q.Equal)) {
		f.oneOf(valueKey(field), q.Equal[field])
	}
	for _, field := range slices.Sorted(maps.Keys(q.Contains)) {
		if err := f.contains(field, q.Contains[field]); err != nil {
			return nil, err
		}
	}
	if q.IDs != nil {
		f.oneOf(keyID, q.IDs)
	}
	if q.Dirty != nil {
		f.add(keyDirty, *q.Dirty)
	}
	if q.ExpiredBefore != nil {
		f.add(keyExpiresAt, bson.D{{Key: "$lt", Value: dateOf(*q.ExpiredBefore)}}) // null is less than no date
	}
	if err := f.bound("$gte", q.From); err != nil {
		return nil, err
	}
	return f, f.bound("$lt", q.Until)
}

// oneOf adds "the key has one of the values".
func (f *filter) oneOf(key string, values []string) {
	var list bson.A
	for _, value := range values {
		if !storable(value) {
			continue
		}
		list = append(list, value)
		if value == "" && key != keyID {
			list = append(list, nil) // an older program's document, which lacks the field
		}
	}
	switch len(list) {
	case 0:
		f.nothing = true
	case 1:
		f.add(key, list[0])
	default:
		f.add(key, bson.D{{Key: "$in", Value: list}})
	}
}

// contains adds a search in the field's lower-cased copy. The text is quoted: it is no pattern.
func (f *filter) contains(field, text string) error {
	if len(text) > maxContains {
		return fmt.Errorf("%w: a text to search for has %d bytes, more than %d", store.ErrInvalid, len(text), maxContains)
	}
	if !storable(text) {
		f.nothing = true
		return nil
	}
	if text != "" {
		f.add(foldedKey(field), bson.D{{Key: "$regex", Value: regexp.QuoteMeta(strings.ToLower(text))}})
	}
	return nil
}

// storable says whether a stored text can equal s.
func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func (f *filter) bound(operator string, limits map[string]string) error {
	for _, field := range slices.Sorted(maps.Keys(limits)) {
		key, value, err := sortKey(field, limits[field])
		if err != nil {
			return err
		}
		f.add(key, bson.D{{Key: operator, Value: value}})
	}
	return nil
}

// after continues behind the query's cursor.
func (f *filter) after(q store.Query) error {
	if q.After == nil {
		return nil
	}
	behind := "$gt"
	if q.Desc {
		behind = "$lt"
	}
	beyondID := bson.D{{Key: keyID, Value: bson.D{{Key: behind, Value: q.After.ID}}}}
	if q.Sort == "" {
		f.conditions = append(f.conditions, beyondID)
		return nil
	}
	key, value, err := sortKey(q.Sort, q.After.Value)
	if err != nil {
		return err
	}
	// The first condition lets the server start in the middle of the sort's index; the second leaves out what came before among equals.
	f.add(key, bson.D{{Key: behind + "e", Value: value}})
	f.add("$or", bson.A{bson.D{{Key: key, Value: bson.D{{Key: behind, Value: value}}}}, beyondID})
	return nil
}

// orderOf renders the query's order.
func orderOf(q store.Query) bson.D {
	direction := 1
	if q.Desc {
		direction = -1
	}
	id := bson.E{Key: keyID, Value: direction}
	switch q.Sort {
	case "":
		return bson.D{id}
	case store.ByCreatedAt:
		return bson.D{{Key: keyCreatedAt, Value: direction}, id}
	default:
		return bson.D{{Key: valueKey(q.Sort), Value: direction}, id}
	}
}

// sortKey is the key behind a field, or behind ByCreatedAt, with the value in the key's form.
func sortKey(field, value string) (string, any, error) {
	if field != store.ByCreatedAt {
		return valueKey(field), value, nil
	}
	at, err := store.ParseTime(value)
	return keyCreatedAt, dateOf(at), err
}
