package command_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
)

func given[T any](v T) *T { return &v }

func revise(id string, body api.ReviseDefinitionBody) api.ReviseDefinition {
	return api.ReviseDefinition{ID: id, Body: body}
}

func TestAChangeOfTheLabMakesAVersion(t *testing.T) {
	l := newLibrary(t)
	d := l.make(ofTopology("ccna"))
	req := revise(d.ID, api.ReviseDefinitionBody{MemoryGB: given(64), WarmPoolDepth: given(2)})
	next, meta, err := l.Update(author(), req)
	require.NoError(t, err)
	require.True(t, meta.Changed)
	require.Equal(t, "1.0.1", next.Version)
	require.Equal(t, d.ID, next.PreviousVersionID)
	require.Equal(t, 64, next.Requirements.MemoryGB)
	require.Equal(t, 2, next.WarmPoolDepth)
	require.Equal(t, d, l.get(d.ID), "the version itself stays as it is")

	again, _, err := l.Update(author(), req)
	require.NoError(t, err)
	require.Equal(t, next.ID, again.ID, "the same request again makes no other version")
	require.Len(t, l.all(), 2)

	third, _, err := l.Update(author(), revise(next.ID, api.ReviseDefinitionBody{TopologyYAML: lab("other")}))
	require.NoError(t, err)
	require.Equal(t, "1.0.2", third.Version)
	require.Equal(t, hashOf("other"), third.Content.TopologyHash)
	require.Equal(t, 64, third.Requirements.MemoryGB, "what was given is carried over")
}

func TestAVersionMayBeNamed(t *testing.T) {
	l := newLibrary(t)
	d := l.make(ofTopology("ccna"))
	next, _, err := l.CreateVersion(author(), revise(d.ID, api.ReviseDefinitionBody{Version: "2.0.0"}))
	require.NoError(t, err)
	require.Equal(t, "2.0.0", next.Version)
	again, _, err := l.CreateVersion(author(), revise(d.ID, api.ReviseDefinitionBody{Version: "2.0.0"}))
	require.NoError(t, err)
	require.Equal(t, next.ID, again.ID)
	_, _, err = l.CreateVersion(author(), revise(d.ID, api.ReviseDefinitionBody{Version: "2.0.0", CPUCores: given(9)}))
	require.Equal(t, "definition_exists", failure.CodeOf(err), "another lab under the same number")
}

func TestNotesAreChangedInPlace(t *testing.T) {
	l := newLibrary(t)
	d := l.make(ofTopology("ccna"))
	same, _, err := l.Update(author(), revise(d.ID, api.ReviseDefinitionBody{
		WarmPoolDepth: given(3), OwnerNotification: &api.Notification{Email: "x@example.org"},
	}))
	require.NoError(t, err)
	require.Equal(t, d.ID, same.ID)
	require.Equal(t, 3, l.get(d.ID).WarmPoolDepth)
	require.Equal(t, "x@example.org", l.get(d.ID).Notification.Email)
	require.Len(t, l.all(), 1)
}

func TestWhatAChangeIsRefusedFor(t *testing.T) {
	l := newLibrary(t)
	d := l.make(ofTopology("mine"))
	remote := l.synced("r1")
	waiting := l.make(ofForm("9.0.0"))
	old := l.make(ofTopology("old"))
	_, _, err := l.Deprecate(author(), api.DeprecateDefinition{ID: old.ID})
	require.NoError(t, err)
	for _, c := range []struct {
		id     string
		body   api.ReviseDefinitionBody
		code   string
		reason string
	}{
		{"none", api.ReviseDefinitionBody{CPUCores: given(2)}, "definition_not_found", "there is none"},
		{d.ID, api.ReviseDefinitionBody{}, "nothing_to_change", "nothing is named"},
		{d.ID, api.ReviseDefinitionBody{Version: "newer"}, "bad_version", "no semantic version"},
		{d.ID, api.ReviseDefinitionBody{TopologyYAML: "lab: ["}, "bad_topology", "no lab file"},
		{d.ID, api.ReviseDefinitionBody{LicenseAffinity: []resource.LicenseType{"none"}}, "bad_license_type", "no licence"},
		{d.ID, api.ReviseDefinitionBody{CPUCores: given(1000)}, "lab_too_large", "beyond every machine"},
		{remote.ID, api.ReviseDefinitionBody{TopologyYAML: lab("x")}, "definition_source", "its topology comes from a package"},
		{waiting.ID, api.ReviseDefinitionBody{CPUCores: given(2)}, "definition_not_synced", "there is no lab yet"},
		{old.ID, api.ReviseDefinitionBody{CPUCores: given(2)}, "definition_deprecated", "no version follows"},
		{old.ID, api.ReviseDefinitionBody{WarmPoolDepth: given(2)}, "definition_deprecated", "no note either"},
	} {
		_, _, err := l.Update(author(), revise(c.id, c.body))
		require.Equal(t, c.code, failure.CodeOf(err), c.reason)
	}
	_, _, err = l.Update(call.AtVersion(author(), 7), revise(d.ID, api.ReviseDefinitionBody{CPUCores: given(2)}))
	require.Equal(t, "version_changed", failure.CodeOf(err))
}

func TestTheStatusOfADefinition(t *testing.T) {
	l := newLibrary(t)
	d := l.make(ofTopology("ccna"))
	off, _, err := l.Deactivate(author(), api.ChangeDefinition{ID: d.ID, Body: &api.Why{Reason: "broken"}})
	require.NoError(t, err)
	require.Equal(t, lifecycle.DefinitionInactive, off.Status)
	on, _, err := l.Activate(author(), api.ChangeDefinition{ID: d.ID})
	require.NoError(t, err)
	require.Equal(t, lifecycle.DefinitionActive, on.Status)
	old, _, err := l.Deprecate(author(), api.DeprecateDefinition{ID: d.ID, Body: &api.DeprecateDefinitionBody{Reason: "new one", ReplacementVersion: "2.0.0"}})
	require.NoError(t, err)
	require.Equal(t, "new one", old.Deprecation.Reason)
	require.Equal(t, "2.0.0", old.Deprecation.ReplacementVersion)
	_, _, err = l.Activate(author(), api.ChangeDefinition{ID: d.ID})
	require.Equal(t, "invalid_transition", failure.CodeOf(err))
	_, _, err = l.Activate(author(), api.ChangeDefinition{ID: l.make(ofForm("9.0.0")).ID})
	require.Equal(t, "definition_not_synced", failure.CodeOf(err))
	_, _, err = l.Deactivate(author(), api.ChangeDefinition{ID: "none"})
	require.Equal(t, "definition_not_found", failure.CodeOf(err))
}

func TestADefinitionInUseStays(t *testing.T) {
	w := apptest.New(t)
	d := w.Definition(2, lifecycle.DefinitionActive)
	i := w.Book(d.ID, 0, time.Hour)
	admin := apptest.As("ada", api.Admin)
	_, _, err := w.Commands.DeleteDefinition(admin, d.ID)
	require.Equal(t, "definition_in_use", failure.CodeOf(err))
	_, _, err = w.Commands.TerminateInstance(apptest.As("ann"), i.ID, "")
	require.NoError(t, err)
	_, _, err = w.Commands.ArchiveDefinition(admin, api.ChangeDefinition{ID: d.ID})
	require.Equal(t, "invalid_transition", failure.CodeOf(err), "only what is deprecated is archived")
	gone, _, err := w.Commands.DeleteDefinition(admin, d.ID)
	require.NoError(t, err)
	require.Equal(t, lifecycle.DefinitionDeleted, gone.Status)
	old := w.Definition(2, lifecycle.DefinitionDeprecated)
	put, _, err := w.Commands.ArchiveDefinition(admin, api.ChangeDefinition{ID: old.ID})
	require.NoError(t, err)
	require.Equal(t, lifecycle.DefinitionArchived, put.Status)
	_, _, err = w.Commands.DeleteDefinition(admin, "none")
	require.Equal(t, "definition_not_found", failure.CodeOf(err))
}
