package ec2

import (
	"slices"
	"strings"
)

const rootDevice = "/dev/sda1"

// place checks that all an order names exists, and returns the zone it goes to.
func (s *Server) place(region string, o *order) (zone string, err error) {
	img, ok := s.cfg.image(region, o.ImageID)
	switch {
	case !strings.HasPrefix(o.ImageID, "ami-"):
		return "", badRequest("InvalidAMIID.Malformed", "Invalid id: %q", o.ImageID)
	case !ok:
		return "", badRequest("InvalidAMIID.NotFound", "The image id '[%s]' does not exist", o.ImageID)
	}
	if _, ok := s.cfg.types[o.InstanceType]; !ok {
		return "", invalidValue("Invalid value '%s' for InstanceType.", o.InstanceType)
	}
	for _, id := range o.SecurityGroups {
		if err := s.checkGroup(id); err != nil {
			return "", err
		}
	}
	if err := o.fitDevices(img); err != nil {
		return "", err
	}
	return s.zoneOf(region, o)
}

func (s *Server) checkGroup(id string) error {
	if !strings.HasPrefix(id, "sg-") {
		return badRequest("InvalidGroupId.Malformed", "Invalid id: %q", id)
	}
	if len(s.cfg.SecurityGroups) > 0 && !slices.Contains(s.cfg.SecurityGroups, id) {
		return badRequest("InvalidGroup.NotFound", "The security group '%s' does not exist", id)
	}
	return nil
}

// zoneOf returns the zone of the subnet, else the one asked for, else zone a.
func (s *Server) zoneOf(region string, o *order) (string, error) {
	asked := o.WantZone
	if asked != "" && (!strings.HasPrefix(asked, region) || len(asked) != len(region)+1) {
		return "", invalidValue("Invalid availability zone: [%s]", asked)
	}
	if o.SubnetID == "" {
		return orZoneA(asked, region), nil
	}
	notFound := badRequest("InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist", o.SubnetID)
	if !strings.HasPrefix(o.SubnetID, "subnet-") {
		return "", notFound
	}
	if len(s.cfg.Subnets) == 0 {
		return orZoneA(asked, region), nil
	}
	for _, n := range s.cfg.Subnets {
		if n.ID != o.SubnetID || n.Region != region {
			continue
		}
		zone := orZoneA(n.Zone, region)
		if asked != "" && asked != zone {
			return "", invalidValue("The availability zone %s is not that of subnet %s", asked, n.ID)
		}
		return zone, nil
	}
	return "", notFound
}

func orZoneA(zone, region string) string {
	if zone == "" {
		return region + "a"
	}
	return zone
}

// fitDevices adds the root device of the image and checks sizes.
func (o *order) fitDevices(img Image) error {
	root := slices.IndexFunc(o.Devices, func(d device) bool { return d.Name == rootDevice })
	if root < 0 {
		o.Devices = append([]device{{Name: rootDevice, Type: "gp3"}}, o.Devices...)
		root = 0
	}
	if o.Devices[root].SizeGB == 0 {
		o.Devices[root].SizeGB = img.VolumeGB
	}
	if o.Devices[root].SizeGB < img.VolumeGB {
		return badRequest("InvalidBlockDeviceMapping", "Volume of size %dGB is smaller than snapshot, expect size >= %dGB",
			o.Devices[root].SizeGB, img.VolumeGB)
	}
	for n, d := range o.Devices {
		if d.SizeGB == 0 {
			return badRequest("InvalidBlockDeviceMapping", "%s needs a volume size", d.Name)
		}
		if slices.ContainsFunc(o.Devices[:n], func(e device) bool { return e.Name == d.Name }) {
			return badRequest("InvalidBlockDeviceMapping", "%s is mapped twice", d.Name)
		}
	}
	return nil
}
