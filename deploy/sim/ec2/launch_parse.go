package ec2

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"regexp"
)

// launchParams are the parameters of RunInstances that are simulated.
var launchParams = []string{
	"ImageId", "InstanceType", "MinCount", "MaxCount", "SubnetId", "SecurityGroupId", "KeyName", "UserData",
	"ClientToken", "BlockDeviceMapping", "MetadataOptions", "TagSpecification", "Monitoring",
	"IamInstanceProfile", "Placement",
}

const maxPerCall = 100

var clientToken = regexp.MustCompile(`^[\x20-\x7e]{0,64}$`)

func parseOrder(p params) (order, error) {
	o := order{launch: launch{
		ImageID: p.get("ImageId"), InstanceType: cmp.Or(p.get("InstanceType"), "m1.small"),
		SubnetID: p.get("SubnetId"), WantZone: p.get("Placement.AvailabilityZone"),
		SecurityGroups: p.list("SecurityGroupId"), KeyName: p.get("KeyName"), ClientToken: p.get("ClientToken"),
		Profile: cmp.Or(p.get("IamInstanceProfile.Arn"), p.get("IamInstanceProfile.Name")),
	}}
	if o.ImageID == "" {
		return o, missing("ImageId")
	}
	if !clientToken.MatchString(o.ClientToken) {
		return o, invalidValue("ClientToken must be at most 64 ASCII characters")
	}
	parts := []func(params) error{o.parseCounts, o.parseUserData, o.parseMetadata, o.parseDevices, o.parseTags}
	for _, parse := range parts {
		if err := parse(p); err != nil {
			return o, err
		}
	}
	var err error
	o.Monitoring, err = p.flag("Monitoring.Enabled", false)
	return o, err
}

func (o *order) parseCounts(p params) (err error) {
	if !p.has("MinCount") || !p.has("MaxCount") {
		return missing("MinCount and MaxCount")
	}
	if o.Min, err = p.number("MinCount", 1, 1, maxPerCall); err != nil {
		return err
	}
	o.Max, err = p.number("MaxCount", 1, o.Min, maxPerCall)
	return err
}

// parseUserData keeps a digest only: user data may hold secrets, and nothing
// that is simulated reads it.
func (o *order) parseUserData(p params) error {
	encoded := p.get("UserData")
	if encoded == "" {
		return nil
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return badRequest("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data")
	}
	if len(raw) > 16<<10 {
		return invalidValue("User data is limited to 16384 bytes")
	}
	sum := sha256.Sum256(raw)
	o.UserDataDigest = hex.EncodeToString(sum[:])
	return nil
}

func (o *order) parseMetadata(p params) (err error) {
	get := func(name, fallback string, other string) (string, error) {
		v := cmp.Or(p.get("MetadataOptions."+name), fallback)
		if v != fallback && v != other {
			return "", invalidValue("Value (%s) for parameter MetadataOptions.%s is invalid", v, name)
		}
		return v, nil
	}
	m := &o.Metadata
	if m.Tokens, err = get("HttpTokens", "optional", "required"); err != nil {
		return err
	}
	if m.Endpoint, err = get("HttpEndpoint", "enabled", "disabled"); err != nil {
		return err
	}
	if m.Tags, err = get("InstanceMetadataTags", "disabled", "enabled"); err != nil {
		return err
	}
	m.HopLimit, err = p.number("MetadataOptions.HttpPutResponseHopLimit", 1, 1, 64)
	return err
}

func (o *order) parseDevices(p params) error {
	for _, m := range p.each("BlockDeviceMapping") {
		d := device{Name: m.get("DeviceName"), Type: cmp.Or(m.get("Ebs.VolumeType"), "gp3")}
		if d.Name == "" {
			return missing(m.prefix + "DeviceName")
		}
		var err error
		if d.SizeGB, err = m.number("Ebs.VolumeSize", 0, 1, 65536); err != nil {
			return err
		}
		deleted, err := m.flag("Ebs.DeleteOnTermination", true)
		if err != nil {
			return err
		}
		d.Keep = !deleted
		o.Devices = append(o.Devices, d)
	}
	return nil
}

func (o *order) parseTags(p params) error {
	o.Tags = map[string]string{}
	for _, spec := range p.each("TagSpecification") {
		into := o.Tags
		switch kind := spec.get("ResourceType"); kind {
		case kindInstance:
		case kindVolume:
			if o.VolumeTags == nil {
				o.VolumeTags = map[string]string{}
			}
			into = o.VolumeTags
		default:
			return invalidValue("Tags at launch are not supported for resource type %q", kind)
		}
		for _, t := range spec.each("Tag") {
			into[t.get("Key")] = t.get("Value")
		}
		if err := checkTags(into); err != nil {
			return err
		}
	}
	return nil
}
