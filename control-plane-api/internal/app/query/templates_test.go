package query_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
)

func TestTemplates(t *testing.T) {
	w := apptest.New(t)
	ctx := apptest.As("ann")
	queries := query.NewTemplates(w.Templates)
	for _, name := range []string{"small", "large", "off", "gone"} {
		made := w.Template(name, 4)
		_, _, err := w.Templates.Update(ctx, made.ID, func(t *template.Template) error {
			t.Enabled, t.Deleted = name == "small" || name == "large", name == "gone"
			t.Note("test.set.v1", nil)
			return nil
		})
		require.NoError(t, err)
	}
	for _, c := range []struct {
		reason string
		filter api.ListTemplates
		want   []string
	}{
		{"by name", api.ListTemplates{}, []string{"large", "off", "small"}},
		{"that may be launched", api.ListTemplates{EnabledOnly: true}, []string{"large", "small"}},
		{"deleted ones too", api.ListTemplates{IncludeDeleted: true}, []string{"gone", "large", "off", "small"}},
	} {
		found, err := queries.List(ctx, c.filter)
		require.NoError(t, err)
		var names []string
		for _, item := range found.Items {
			names = append(names, item.Name)
		}
		require.Equal(t, c.want, names, c.reason)
		require.Equal(t, len(c.want), found.Total, c.reason)
	}

	first, err := queries.List(ctx, api.ListTemplates{List: api.List{Limit: 2}})
	require.NoError(t, err)
	w.Template("huge", 64) // sorts before what is still to come
	second, err := queries.List(ctx, api.ListTemplates{List: api.List{Limit: 2, Cursor: first.Next}})
	require.NoError(t, err)
	require.Equal(t, "small", second.Items[0].Name, "nothing is shown twice")
	require.Empty(t, second.Next)

	byName, version, err := queries.ByName(ctx, "small")
	require.NoError(t, err)
	require.Equal(t, int64(2), version)
	require.Equal(t, 4, byName.Capacity.CPUCores)
	byID, _, err := queries.Get(ctx, byName.ID)
	require.NoError(t, err)
	require.Equal(t, byName, byID)
	for _, get := range []func() error{
		func() error { _, _, err := queries.ByName(ctx, "none"); return err },
		func() error { _, _, err := queries.Get(ctx, "none"); return err },
	} {
		require.Equal(t, "template_not_found", failure.CodeOf(get()))
	}
}
