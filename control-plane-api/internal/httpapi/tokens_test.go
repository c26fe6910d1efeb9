package httpapi

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/token"
)

func TestWhatTheProviderGivesToEveryoneIsNoRole(t *testing.T) {
	require.Equal(t, []api.Role{api.Admin, "lab-author"}, roles([]string{"offline_access", "admin", "uma_authorization", "default-roles-aix", "lab-author"}))
	require.Empty(t, roles(nil))
}

func TestATokenThatIsRefusedNamesNobody(t *testing.T) {
	who, err := NewTokens(token.New(token.Config{Issuer: "http://127.0.0.1:1", Audience: []string{"lcm"}}, token.Deps{})).Verify(t.Context(), "Basic YTpi")
	require.True(t, failure.Is(err, failure.Unauthenticated), "%v", err)
	require.Zero(t, who)
}
