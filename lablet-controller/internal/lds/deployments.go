// Package lds speaks to the Lab Delivery System: sessions, their devices and launch URLs, and content folders.
package lds

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// Deployment is one installation of LDS.
type Deployment struct {
	// BaseURL is where LCM calls it. FrontendBaseURL takes its place in launch URLs, unless it is empty.
	BaseURL         string
	FrontendBaseURL string
	Username        string
	Password        secret.String
	Timeout         time.Duration
	Label           string
}

// Deployments says which installation serves which AWS region. The zero value serves none.
type Deployments struct {
	byRegion map[string]Deployment
	fallback string
}

// maxConfig bounds the file of deployments.
const maxConfig = 1 << 20

// Load reads the file of deployments; an empty path gives none.
func Load(path string) (Deployments, error) {
	if path == "" {
		return Deployments{}, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return Deployments{}, fmt.Errorf("LDS deployments: %w", err)
	}
	if info.Size() > maxConfig {
		return Deployments{}, fmt.Errorf("LDS deployments: %s has more than %d bytes", path, maxConfig)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Deployments{}, fmt.Errorf("LDS deployments: %w", err)
	}
	return Parse(text)
}

type deploymentFile struct {
	Deployments map[string]struct {
		BaseURL         string  `yaml:"base_url"`
		FrontendBaseURL string  `yaml:"frontend_base_url"`
		Username        string  `yaml:"username"`
		Password        string  `yaml:"password"`
		TimeoutSeconds  float64 `yaml:"timeout_seconds"`
		Label           string  `yaml:"label"`
	} `yaml:"deployments"`
	DefaultRegion string `yaml:"default_region"`
}

// Parse reads deployments: a map from AWS region to installation, and the region that serves all others.
func Parse(text []byte) (Deployments, error) {
	var file deploymentFile
	if err := yaml.Unmarshal(text, &file); err != nil {
		// The library's error quotes lines of the file, and there are passwords in it.
		return Deployments{}, fmt.Errorf("LDS deployments: the file is not what it should be")
	}
	all := Deployments{byRegion: map[string]Deployment{}, fallback: file.DefaultRegion}
	for region, d := range file.Deployments {
		base, err := url.Parse(d.BaseURL)
		if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || base.User != nil {
			return Deployments{}, fmt.Errorf("LDS deployment %q: base_url must be http(s)://host", region)
		}
		all.byRegion[region] = Deployment{
			BaseURL: strings.TrimRight(d.BaseURL, "/"), FrontendBaseURL: strings.TrimRight(d.FrontendBaseURL, "/"),
			Username: d.Username, Password: secret.New(d.Password), Label: labelOf(d.Label, region), Timeout: timeout(d.TimeoutSeconds),
		}
	}
	if _, known := all.byRegion[all.fallback]; all.fallback != "" && !known {
		return Deployments{}, fmt.Errorf("LDS deployments: default_region %q is none of them", all.fallback)
	}
	return all, nil
}

// Names lists the regions that have a deployment of their own, sorted.
func (d Deployments) Names() []string { return slices.Sorted(maps.Keys(d.byRegion)) }

// For names the deployment of a region: its own, else the default one; ok is false when there is neither.
func (d Deployments) For(region string) (name string, ok bool) {
	if _, own := d.byRegion[region]; own {
		return region, true
	}
	return d.fallback, d.fallback != ""
}

func labelOf(label, region string) string {
	if label != "" {
		return label
	}
	return "LDS " + region
}

func timeout(seconds float64) time.Duration {
	if seconds <= 0 || seconds > 300 {
		return 30 * time.Second
	}
	return time.Duration(seconds * float64(time.Second))
}
