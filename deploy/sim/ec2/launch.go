package ec2

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// launch is what a RunInstances call asks for, for each instance.
type launch struct {
	ImageID        string            `json:"image_id"`
	InstanceType   string            `json:"instance_type"`
	SubnetID       string            `json:"subnet_id,omitempty"`
	WantZone       string            `json:"want_zone,omitempty"`
	SecurityGroups []string          `json:"security_groups,omitempty"`
	KeyName        string            `json:"key_name,omitempty"`
	Profile        string            `json:"profile,omitempty"`
	UserDataDigest string            `json:"user_data_digest,omitempty"`
	Monitoring     bool              `json:"monitoring"`
	Metadata       metadataOptions   `json:"metadata"`
	Devices        []device          `json:"devices,omitempty"`
	Tags           map[string]string `json:"tags"`
	VolumeTags     map[string]string `json:"volume_tags,omitempty"`
	ClientToken    string            `json:"client_token,omitempty"`
}

// metadataOptions are those of the instance metadata service.
type metadataOptions struct {
	Tokens   string `json:"tokens"`
	Endpoint string `json:"endpoint"`
	HopLimit int    `json:"hop_limit"`
	Tags     string `json:"tags"`
}

// device is a block device mapping.
type device struct {
	Name   string `json:"name"`
	SizeGB int    `json:"size_gb"`
	Type   string `json:"type"`
	Keep   bool   `json:"keep"`
}

// order is a whole RunInstances call.
type order struct {
	launch
	Min, Max int
}

// digest identifies the parameters of a call, the client token left out. Tags
// and groups count as sets.
func (o order) digest() (string, error) {
	o.ClientToken = ""
	o.SecurityGroups = slices.Sorted(slices.Values(o.SecurityGroups))
	raw, err := json.Marshal(o)
	if err != nil {
		return "", fmt.Errorf("digest of a launch: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// forInstance returns the part kept with one instance, sharing nothing.
func (o order) forInstance() launch {
	l := o.launch
	l.SecurityGroups = slices.Clone(l.SecurityGroups)
	l.Devices = slices.Clone(l.Devices)
	l.Tags = maps.Clone(l.Tags)
	return l
}
