package sqlite

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// filter is a WHERE clause in the making.
type filter struct {
	conditions []string
	args       []any
}

func (f *filter) add(condition string, args ...any) {
	f.conditions = append(f.conditions, condition)
	f.args = append(f.args, args...)
}

// where renders the clause, empty when there is no condition.
func (f *filter) where() string {
	if len(f.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.conditions, " AND ")
}

// filterOf translates the conditions of a checked query; After is not one of them.
func filterOf(q store.Query) (*filter, error) {
	f := &filter{}
	for _, field := range slices.Sorted(maps.Keys(q.Equal)) {
		f.in(column(field), q.Equal[field])
	}
	for _, field := range slices.Sorted(maps.Keys(q.Contains)) {
		f.add("instr("+folded(field)+", ?) > 0", strings.ToLower(q.Contains[field]))
	}
	if q.IDs != nil {
		f.in("id", q.IDs)
	}
	if q.Dirty != nil {
		// A literal, not a parameter: only that lets SQLite use the partial index.
		f.add(map[bool]string{true: "dirty = 1", false: "dirty = 0"}[*q.Dirty])
	}
	if q.ExpiredBefore != nil {
		f.add("expires_at < ?", q.ExpiredBefore.UnixMilli())
	}
	if err := f.bound(">=", q.From); err != nil {
		return nil, err
	}
	return f, f.bound("<", q.Until)
}

// in adds "column is one of values". The list travels as one JSON parameter, which has no limit of its own.
func (f *filter) in(column string, values []string) {
	storable := slices.DeleteFunc(slices.Clone(values), func(v string) bool {
		return !utf8.ValidString(v) || strings.ContainsRune(v, 0) // no stored text equals these, and JSON would change them
	})
	switch len(storable) {
	case 0:
		f.add("0")
	case 1:
		f.add(column+" = ?", storable[0])
	default:
		list, _ := json.Marshal(storable) // strings always marshal
		f.add(column+" IN (SELECT value FROM json_each(?))", string(list))
	}
}

func (f *filter) bound(operator string, limits map[string]string) error {
	for _, field := range slices.Sorted(maps.Keys(limits)) {
		name, value, err := sortKey(field, limits[field])
		if err != nil {
			return err
		}
		f.add(name+" "+operator+" ?", value)
	}
	return nil
}

// after continues behind the query's cursor.
func (f *filter) after(q store.Query) error {
	if q.After == nil {
		return nil
	}
	operator := ">"
	if q.Desc {
		operator = "<"
	}
	if q.Sort == "" {
		f.add("id "+operator+" ?", q.After.ID)
		return nil
	}
	name, value, err := sortKey(q.Sort, q.After.Value)
	if err != nil {
		return err
	}
	f.add(fmt.Sprintf("(%s, id) %s (?, ?)", name, operator), value, q.After.ID)
	return nil
}

// orderBy renders the query's order.
func orderBy(q store.Query) string {
	direction := ""
	if q.Desc {
		direction = " DESC"
	}
	switch q.Sort {
	case "":
		if q.ExpiredBefore != nil {
			// The plus hides the id's index: sorting the few expired documents beats reading all of them in order.
			return " ORDER BY +id" + direction
		}
		return " ORDER BY id" + direction
	case store.ByCreatedAt:
		return " ORDER BY created_at" + direction + ", id" + direction
	default:
		return " ORDER BY " + column(q.Sort) + direction + ", id" + direction
	}
}

// sortKey is the column behind a field, or behind ByCreatedAt, with the value in the column's form.
func sortKey(field, value string) (string, any, error) {
	if field != store.ByCreatedAt {
		return column(field), value, nil
	}
	at, err := store.ParseTime(value)
	return "created_at", at.UnixMilli(), err
}
