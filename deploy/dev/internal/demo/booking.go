package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/client"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// People are the callers of a demo: an author who makes definitions, a user who books, an admin who looks.
type People struct {
	Author, User, Admin *client.Client
}

// NewPeople gets a token for each.
func NewPeople(ctx context.Context, at plane.Endpoints, o *Outside) (People, error) {
	var p People
	for _, who := range []struct {
		into  **client.Client
		name  string
		roles []string
	}{
		{&p.Author, "author", []string{"lab-author"}},
		{&p.User, "user", []string{"user"}},
		{&p.Admin, "admin", []string{"admin"}},
	} {
		token, err := o.Token(ctx, who.name, who.roles...)
		if err != nil {
			return p, fmt.Errorf("token for %s: %w", who.name, err)
		}
		c, err := client.New(client.Config{BaseURL: at.API, Token: func(context.Context) (string, error) { return token, nil }, Retry: client.Retry{Attempts: 8}})
		if err != nil {
			return p, err
		}
		*who.into = c
	}
	return p, nil
}

// FormName makes a form qualified name that no other demo has.
func FormName(now time.Time) string {
	return fmt.Sprintf("Exam Associate LCM v1.0 LAB %s", now.UTC().Format("1504.05.000"))
}

// poll is how often a demo looks.
const poll = 100 * time.Millisecond

// Publish uploads a content package around a lab and makes a definition of it, active when it returns.
func Publish(ctx context.Context, p People, o *Outside, lab []byte, now time.Time) (api.Definition, error) {
	archive, err := buildPackage(lab, now)
	if err != nil {
		return api.Definition{}, err
	}
	form := FormName(now)
	d, err := p.Author.CreateDefinition(ctx, api.CreateDefinition{Body: api.CreateDefinitionBody{
		Name: form, Version: "1.0.0", FormQualifiedName: form,
	}})
	if err != nil {
		return d, fmt.Errorf("create definition: %w", err)
	}
	if err := o.Upload(ctx, d.ContentBucketName, d.UserSessionPackageName, archive); err != nil {
		return d, err
	}
	err = Until(ctx, func() (bool, error) {
		d, err = p.Author.GetDefinition(ctx, api.ID{ID: d.ID})
		return d.Status == lifecycle.DefinitionActive, err
	})
	if err != nil {
		return d, fmt.Errorf("content sync of %q (%s): %w", form, d.SyncError, err)
	}
	return d, nil
}

// Book books a definition as soon as possible.
func Book(ctx context.Context, p People, definitionID string, minutes float64) (api.Instance, error) {
	return p.User.CreateInstance(ctx, api.CreateInstance{Body: api.CreateInstanceBody{DefinitionID: definitionID, DurationMinutes: &minutes}})
}

// Until waits for a condition, as long as the context lives.
func Until(ctx context.Context, done func() (bool, error)) error {
	for {
		ok, err := done()
		if err != nil || ok {
			return err
		}
		timer := time.NewTimer(poll)
		select {
		case <-ctx.Done():
			timer.Stop()
			return errors.Join(errors.New("not in time"), ctx.Err())
		case <-timer.C:
		}
	}
}
