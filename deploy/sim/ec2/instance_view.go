package ec2

import "strings"

// reservation shows instances of one reservation.
func (s *Server) reservation(instances []*instance) reservationXML {
	r := reservationXML{ReservationID: instances[0].Reservation, OwnerID: s.cfg.AccountID}
	for _, i := range instances {
		r.Instances = append(r.Instances, s.view(i))
	}
	return r
}

func (s *Server) view(i *instance) instanceXML {
	v := instanceXML{
		InstanceID: i.ID, ImageID: i.ImageID, State: stateOf(i.State), Reason: i.Reason.Message,
		KeyName: i.KeyName, LaunchIndex: i.Index, InstanceType: i.InstanceType, LaunchTime: stamp(i.LaunchedAt),
		Zone: i.Zone, Tenancy: "default", Monitoring: monitoringState(i), PrivateIP: i.PrivateIP, PublicIP: i.PublicIP,
		Architecture: "x86_64", RootDeviceType: "ebs", RootDeviceName: rootDevice, Virtualization: "hvm",
		ClientToken: i.ClientToken, Tags: tagItems(i.Tags), EnaSupport: true, SourceDestCheck: true,
		PlatformDetails: "Linux/UNIX", UsageOperation: "RunInstances", CurrentBootMode: "legacy-bios",
	}
	v.PrivateDNSName = dnsName("ip", i.PrivateIP)
	v.DNSName = dnsName("ec2", i.PublicIP)
	if i.Reason.Code != "" {
		v.StateReason = &reasonXML{i.Reason.Code, i.Reason.Message}
	}
	if i.State != terminated {
		s.attachments(i, &v)
	}
	return v
}

// attachments are what a terminated instance no longer has.
func (s *Server) attachments(i *instance, v *instanceXML) {
	v.SubnetID = i.SubnetID
	for _, id := range i.SecurityGroups {
		v.Groups = append(v.Groups, groupXML{id, "group-" + strings.TrimPrefix(id, "sg-")})
	}
	for _, d := range i.Volumes {
		v.Devices = append(v.Devices, deviceXML{d.Device, d.ID, "attached", stamp(i.CreatedAt), d.Delete})
	}
	if i.Profile != "" {
		v.Profile = &profileXML{s.profileARN(i.Profile)}
	}
	m := i.Metadata
	v.MetadataOptions = &metadataXML{"applied", m.Tokens, m.HopLimit, m.Endpoint, m.Tags}
}

func (s *Server) profileARN(profile string) string {
	if strings.HasPrefix(profile, "arn:") {
		return profile
	}
	return "arn:aws:iam::" + s.cfg.AccountID + ":instance-profile/" + profile
}

func monitoringState(i *instance) string {
	if i.Monitoring {
		return "enabled"
	}
	return "disabled"
}
