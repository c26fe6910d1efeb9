package httpapi_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
)

// contract is what the document says of an operation's refusals.
type contract struct {
	OperationID string
	Codes       []string `json:"x-codes"`
	path        *regexp.Regexp
	method      string
}

// contracts reads the document once for all tests.
var contracts = sync.OnceValues(func() ([]contract, error) {
	printed, err := httpapi.Document("test")
	if err != nil {
		return nil, err
	}
	var d struct {
		Paths map[string]map[string]contract
	}
	if err := json.Unmarshal(printed, &d); err != nil {
		return nil, err
	}
	var all []contract
	for path, item := range d.Paths {
		for method, c := range item {
			c.method = strings.ToUpper(method)
			c.path = regexp.MustCompile("^" + regexp.MustCompile(`\\\{[a-z_]+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), "[^/]*") + "$")
			all = append(all, c)
		}
	}
	// A path without parameters comes before one that would take it as a parameter.
	slices.SortFunc(all, func(a, b contract) int {
		if d := strings.Count(a.path.String(), "[^/]*") - strings.Count(b.path.String(), "[^/]*"); d != 0 {
			return d
		}
		return strings.Compare(a.OperationID, b.OperationID)
	})
	return all, nil
})

// operationOf finds the operation that a request is for; false where there is none.
func (e *edge) operationOf(r request) (contract, bool) {
	e.t.Helper()
	all, err := contracts()
	require.NoError(e.t, err)
	path, _, _ := strings.Cut(r.path, "?")
	at := slices.IndexFunc(all, func(c contract) bool { return c.method == r.method && c.path.MatchString(path) })
	if at < 0 {
		return contract{}, false
	}
	return all[at], true
}

// documented fails a test in which an operation refuses with a code that its document does not have, whatever the test is about.
func (e *edge) documented(r request, a answer) {
	e.t.Helper()
	op, known := e.operationOf(r)
	if !known || a.status < http.StatusBadRequest || a.status == http.StatusInternalServerError {
		return
	}
	if a.header.Get("Content-Type") == api.ProblemType {
		require.Contains(e.t, op.Codes, decode[api.Problem](e.t, a).Code, "%s does not document this code", op.OperationID)
	}
}
