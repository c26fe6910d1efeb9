package httpapi

import (
	"context"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/token"
)

// Person is who a token is about.
type Person struct {
	Subject string
	Roles   []api.Role
	// Username, Name and Email are for showing only; tokens need not have them.
	Username, Name, Email string
	// Expires is when what the person is known by ends; zero when that is not known.
	Expires time.Time
}

// Verifier knows people by the Authorization header.
type Verifier interface {
	Verify(ctx context.Context, authorization string) (Person, error)
}

// Tokens knows people by their access tokens. It is safe for concurrent use.
type Tokens struct {
	verifier *token.Verifier
}

// NewTokens lets those in whom a verifier knows.
func NewTokens(verifier *token.Verifier) Tokens { return Tokens{verifier} }

// Verify implements Verifier.
func (t Tokens) Verify(ctx context.Context, authorization string) (Person, error) {
	who, err := t.verifier.Verify(ctx, authorization)
	if err != nil {
		return Person{}, err
	}
	return Person{
		Subject: who.Subject, Roles: roles(who.Roles), Username: who.Username, Name: who.Name, Email: who.Email, Expires: who.Expires,
	}, nil
}

// roles leaves out what the provider gives to everyone.
func roles(all []string) []api.Role {
	ours := make([]api.Role, 0, len(all))
	for _, r := range all {
		if r != "offline_access" && r != "uma_authorization" && !strings.HasPrefix(r, "default-roles-") {
			ours = append(ours, api.Role(r))
		}
	}
	return ours
}
