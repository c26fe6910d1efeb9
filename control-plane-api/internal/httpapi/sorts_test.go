package httpapi_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// row is one line of a list.
type row map[string]any

// text is a field's value; what is left out of an answer is empty.
func (r row) text(field string) string {
	text, _ := r[field].(string)
	return text
}

// sortsCase is a list with what it can be sorted by: a field of its rows for each word.
type sortsCase struct {
	path  string
	sorts map[string]string
	// usual is the order without parameters, first to last or last to first.
	usual, order string
	// one more row, which is made in between.
	more func(e *edge)
}

func sortedLists() map[string]sortsCase {
	created := func(more ...string) map[string]string {
		sorts := map[string]string{"created_at": "created_at"}
		for _, word := range more {
			sorts[word] = word
		}
		return sorts
	}
	labs := created("status", "worker_id")
	labs["owner"] = "owner_username"
	machine := func(e *edge) { e.worker("five") }
	return map[string]sortsCase{
		"workers":             {"/api/workers?", created("status", "aws_region"), "created_at", "asc", machine},
		"workers of a region": {"/api/workers/region/us-east-1/workers?", created("status"), "created_at", "asc", machine},
		"definitions":         {"/api/lablet-definitions?", created("name", "status", "sync_status"), "created_at", "desc", func(e *edge) { e.definition("again") }},
		"templates":           {"/api/worker-templates?", created("name"), "name", "asc", func(e *edge) { e.newTemplate(5) }},
		"tasks":               {"/api/tasks?", created("status", "kind"), "created_at", "desc", func(e *edge) { e.annsTask() }},
		"lab records":         {"/api/lab-records?", labs, "created_at", "desc", func(e *edge) { e.lab(5, "BOOTED") }},
		"instances":           {"/api/lablet-instances?", created("timeslot_start", "timeslot_end", "status"), "created_at", "desc", func(e *edge) { e.anns(5) }},
	}
}

// Every list is sorted by what it says, page by page, also while rows are added, and refuses other words.
func TestListsAreSorted(t *testing.T) {
	e := newEdge(t)
	fillLists(e)
	for name, c := range sortedLists() {
		t.Run(name, func(t *testing.T) {
			e := e.in(t)
			for word, field := range c.sorts {
				for _, order := range []string{"asc", "desc"} {
					e.walksSorted(c.path+"sort="+word+"&order="+order, field, order, nil)
				}
			}
			e.walksSorted(strings.TrimSuffix(c.path, "?"), c.sorts[c.usual], c.order, nil)
			e.walksSorted(c.path+"sort=created_at&order=asc", "created_at", "asc", c.more)
			for _, wrong := range []string{"sort=color", "sort=id", "sort=created_at,status", "order=up", "sort=status&sort=created_at"} {
				e.refused(e.do(request{http.MethodGet, c.path + wrong, "", as("ada", "admin")}), 422, "malformed", wrong)
			}
		})
	}
}

// fillLists makes some rows of each list, in an order that is none of those that are asked for.
func fillLists(e *edge) {
	e.machine("two")
	e.worker("one")
	e.machine("three")
	for n, name := range []string{"mike", "alpha", "zulu"} {
		e.definition(name)
		e.newTemplate(3 - n)
		e.annsTask()
		e.anns(n)
	}
	e.lab(1, "STOPPED")
	e.lab(2, "BOOTED")
	e.lab(3, "STOPPED")
}

// walksSorted reads a list in pages of one row, and compares it with the list as a whole. A row that is made after the first page
// neither hides nor repeats others.
func (e *edge) walksSorted(path, field, order string, between func(*edge)) {
	e.t.Helper()
	whole := decode[[]row](e.t, e.must(request{http.MethodGet, path, "", as("ada", "admin")}))
	require.GreaterOrEqual(e.t, len(whole), 3, path)
	for i := 1; i < len(whole); i++ {
		was, is := whole[i-1], whole[i]
		by := cmp.Compare(was.text(field), is.text(field))
		if by == 0 {
			by = cmp.Compare(was.text("id"), is.text("id"))
		}
		require.Equal(e.t, map[string]int{"asc": -1, "desc": 1}[order], by, "%s: %s then %s", path, was.text(field), is.text(field))
	}
	first, err := url.Parse(path)
	require.NoError(e.t, err)
	query := first.Query()
	query.Set("limit", "1")
	next := first.Path + "?" + query.Encode()
	var paged []row
	for range len(whole) + 2 {
		page := e.must(request{http.MethodGet, next, "", as("ada", "admin")})
		paged = append(paged, decode[[]row](e.t, page)...)
		if len(paged) == 1 && between != nil {
			between(e)
		}
		if next = nextOf(page); next == "" {
			break
		}
	}
	require.Empty(e.t, next, path)
	require.Subset(e.t, idsOf(paged), idsOf(whole), "%s, page by page", path)
	require.Len(e.t, slices.Compact(slices.Sorted(slices.Values(idsOf(paged)))), len(paged), "each row once")
	if between == nil {
		require.Equal(e.t, idsOf(whole), idsOf(paged), "%s, page by page", path)
	}
}

func idsOf(rows []row) (ids []string) {
	for _, r := range rows {
		ids = append(ids, fmt.Sprint(r["id"]))
	}
	return ids
}

// nextOf is the address of the next page.
func nextOf(a answer) string {
	link, _, _ := strings.Cut(a.header.Get("Link"), ">")
	return strings.TrimPrefix(link, "<")
}

// A list of ETags takes the change at one of its versions.
func TestSeveralETags(t *testing.T) {
	e := newEdge(t)
	made := e.anns(0)
	path := "/api/lablet-instances/" + made.ID
	tag := e.must(request{http.MethodGet, path, "", as("ann", "user")}).header.Get("ETag")
	end := func(ifMatch string) answer {
		return e.do(request{http.MethodPost, path + "/terminate", "", as("ann", "user", "If-Match", ifMatch)})
	}
	e.refused(end(`"77", W/`+tag), http.StatusPreconditionFailed, "version_changed", "a weak tag matches nothing")
	require.Equal(t, http.StatusOK, end(`,"77" ,W/"x",	`+tag+`,`).status, "one of them is it")
	e.refused(end(tag), http.StatusPreconditionFailed, "version_changed")
}
