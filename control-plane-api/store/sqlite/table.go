package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// table is a collection with its fixed statements.
type table struct {
	store.Collection
	quoted                       string
	get, getBare, getUnique      string
	exists, version              string
	insert, replace, replaceBody string
	mark, remove                 string
}

// bodyColumns change with most writes and have no index (dirty has a small one).
var bodyColumns = [...]string{
	"schema", "version", "generation", "journaled", "projected", "dirty", "updated_at", "terms", "state", "changes", "blob",
}

// keyColumns, with the fields' columns behind them, are what indexes are made of.
var keyColumns = [...]string{"uniq", "created_at", "expires_at"}

func tablesOf(collections store.Catalog) map[string]table {
	out := make(map[string]table, len(collections))
	for name, c := range collections {
		out[name] = newTable(c)
	}
	return out
}

func newTable(c store.Collection) table {
	t := table{Collection: c, quoted: `"c_` + c.Name + `"`}
	t.get = t.selectAll(false) + " WHERE id = ?"
	// The fields' columns stand behind the large ones, so that reading them walks through those.
	t.getBare = "SELECT " + headColumns + ", state FROM " + t.quoted + " WHERE id = ?"
	t.getUnique = t.selectAll(false) + " WHERE uniq = ?"
	t.exists = "SELECT 1 FROM " + t.quoted + " WHERE id = ?"
	t.version = "SELECT version FROM " + t.quoted + " WHERE id = ?"
	t.remove = "DELETE FROM " + t.quoted + " WHERE id = ? AND version = ?"
	t.mark = "UPDATE " + t.quoted + " SET journaled = max(journaled, ?), projected = max(projected, ?), dirty = ? WHERE id = ? AND version = ?"

	keys := keyColumns[:]
	for _, f := range c.Fields {
		keys = append(keys, column(f), folded(f))
	}
	columns := append(append([]string{"id"}, bodyColumns[:]...), keys...)
	places := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
	t.insert = "INSERT INTO " + t.quoted + " (" + strings.Join(columns, ", ") + ") VALUES (" + places + ")"

	body, same := make([]string, len(bodyColumns)), ""
	for i, name := range bodyColumns {
		body[i] = name + " = ?"
		if name == "journaled" || name == "projected" {
			body[i] = fmt.Sprintf("%s = max(%s, ?)", name, name)
		}
	}
	for _, name := range keys {
		same += " AND " + name + " IS ?"
	}
	set := "UPDATE " + t.quoted + " SET " + strings.Join(body, ", ")
	t.replaceBody = set + " WHERE id = ? AND version = ?" + same
	t.replace = set + ", " + strings.Join(keys, " = ?, ") + " = ? WHERE id = ? AND version = ?"
	return t
}

// headColumns are what head.into takes.
const headColumns = "id, schema, version, generation, journaled, projected, dirty, uniq, created_at, updated_at, expires_at, terms"

// selectAll reads the columns that decode expects. A bare read takes nothing from the columns that may be large and unwanted.
func (t table) selectAll(bare bool) string {
	large := ", changes, blob"
	if bare {
		large = ", NULL, NULL"
	}
	query := "SELECT " + headColumns + ", state" + large
	for _, f := range t.Fields {
		query += ", " + column(f)
	}
	return query + " FROM " + t.quoted
}

// column holds a field's value.
func column(field string) string { return `"f_` + field + `"` }

// folded holds the field's value in lower case, for Contains.
func folded(field string) string { return `"l_` + field + `"` }

// migrate creates the table, or adds what a newer release declares. The large columns come last among the fixed ones, so that reading
// the others doesn't walk through them; fields are mostly read from their indexes. A new table is made whole, since SQLite reads its
// schema anew after each column that is added.
func (t table) migrate(s *session) error {
	fields := make([]string, 0, 2*len(t.Fields))
	for _, f := range t.Fields {
		fields = append(fields, column(f), folded(f))
	}
	if _, err := s.once(`CREATE TABLE IF NOT EXISTS ` + t.quoted + ` (
		id TEXT NOT NULL PRIMARY KEY, schema INTEGER NOT NULL, version INTEGER NOT NULL, generation INTEGER NOT NULL,
		journaled INTEGER NOT NULL, projected INTEGER NOT NULL, dirty INTEGER NOT NULL, uniq TEXT NOT NULL UNIQUE,
		created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, expires_at INTEGER, terms TEXT,
		state BLOB, changes BLOB, blob BLOB` + fieldColumns(fields) + `)`); err != nil {
		return err
	}
	if err := t.addColumns(s, fields); err != nil {
		return err
	}
	for name, on := range t.indexes() {
		if _, err := s.once(fmt.Sprintf(`CREATE INDEX IF NOT EXISTS "i_%s.%s" ON %s %s`, t.Name, name, t.quoted, on)); err != nil {
			return err
		}
	}
	return nil
}

// indexes gives what each index is on.
func (t table) indexes() map[string]string {
	indexes := map[string]string{
		"dirty":      "(id) WHERE dirty = 1",
		"expires_at": "(expires_at, id) WHERE expires_at IS NOT NULL",
		"created_at": "(created_at, id)",
	}
	for _, f := range t.Fields {
		indexes["f_"+f] = "(" + column(f) + ", id)"
	}
	return indexes
}

// fieldType is that of a field's column. The default lets a program that doesn't declare the field go on inserting.
const fieldType = " TEXT NOT NULL DEFAULT ''"

func fieldColumns(names []string) (text string) {
	for _, name := range names {
		text += ", " + name + fieldType
	}
	return text
}

// addColumns adds those columns that a table of an older release lacks.
func (t table) addColumns(s *session, names []string) error {
	var present string
	if err := s.one(`SELECT group_concat('"' || name || '"') FROM pragma_table_info(?)`, []any{"c_" + t.Name}, &present); err != nil {
		return err
	}
	there := strings.Split(present, ",")
	for _, name := range names {
		if slices.Contains(there, name) {
			continue
		}
		if _, err := s.once("ALTER TABLE " + t.quoted + " ADD COLUMN " + name + fieldType); err != nil {
			return err
		}
	}
	return nil
}
