package cml_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

func TestCallsAtTheSameTimeKeepTheirOrder(t *testing.T) {
	const machines, imports = 4, 8
	w := start(t, t.TempDir(), config())
	var group errgroup.Group
	for m := range machines {
		c := w.signedIn(fmt.Sprintf("10.0.1.%d", m))
		for range imports {
			r := c.request(http.MethodPost, "/api/v0/import", lab)
			group.Go(func() error { return expect(c.http, r, 200) })
		}
		dump := c.request(http.MethodGet, "/_sim/state", nil)
		group.Go(func() error { return expect(c.http, dump, 200) })
		settings := c.request(http.MethodPut, "/_sim/settings", map[string]any{"node_limits": map[string]int{"enterprise": 400 + m}})
		group.Go(func() error { return expect(c.http, settings, 200) })
	}
	require.NoError(t, group.Wait())
	for m := range machines {
		var ids []string
		w.signedIn(fmt.Sprintf("10.0.1.%d", m)).get("/labs", &ids)
		require.Len(t, ids, imports)
	}
}

func expect(client *http.Client, r *http.Request, status int) error {
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	if answer.StatusCode != status {
		return fmt.Errorf("%s: status %d", r.URL.Path, answer.StatusCode)
	}
	return answer.Body.Close()
}
