package lds

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/rest"
)

// Device is one way to reach a node of the lab. Labels are unique within a session.
type Device struct {
	Label    string `json:"device_label"`
	Protocol string `json:"protocol"`
	Host     string `json:"host"`
	Port     int    `json:"port"`
}

// firstPart is the only part of the sessions that LCM makes.
const firstPart = 1

// SetDevices replaces the devices of a session.
func (c *Client) SetDevices(ctx context.Context, deployment, id string, devices []Device) error {
	path := fmt.Sprintf("%s/part/%d/devices", sessionPath(id), firstPart)
	return c.do(ctx, deployment, rest.Call{Method: http.MethodPut, Path: path, Body: devices}, nil)
}

// maxLaunchURL is the longest launch URL that the API keeps.
const maxLaunchURL = 4096

// LaunchURL gives the address by which the candidate enters. It is a credential.
func (c *Client) LaunchURL(ctx context.Context, deployment, id string) (secret.String, error) {
	var launch struct {
		URL string `json:"url"`
	}
	if err := c.do(ctx, deployment, rest.Call{Method: http.MethodGet, Path: sessionPath(id) + "/lablet_launch_url"}, &launch); err != nil {
		return secret.String{}, err
	}
	parsed, err := url.Parse(launch.URL)
	if err != nil || len(launch.URL) > maxLaunchURL || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
		return secret.String{}, failure.New(failure.Internal, "lds_bad_answer", "LDS gave a launch URL that is none.")
	}
	return secret.New(c.deployments.byRegion[deployment].frontend(launch.URL)), nil
}

// frontend puts the address that candidates can reach in the place of the one that LCM calls.
func (d Deployment) frontend(launch string) string {
	rest, inner := strings.CutPrefix(launch, d.BaseURL)
	if d.FrontendBaseURL == "" || !inner || (rest != "" && !strings.ContainsRune("/?#", rune(rest[0]))) {
		return launch
	}
	return d.FrontendBaseURL + rest
}

// SyncFolder makes LDS read a form's package again and gives the version that it has now.
func (c *Client) SyncFolder(ctx context.Context, deployment, formQualifiedName string) (version string, err error) {
	var folder struct {
		Version string `json:"Version"`
	}
	path := "/lab_folder/minio/" + url.PathEscape(formQualifiedName)
	err = c.do(ctx, deployment, rest.Call{Method: http.MethodPut, Path: path}, &folder)
	return folder.Version, err
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
