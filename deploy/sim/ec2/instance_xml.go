package ec2

import "time"

// timeForm is the form of time stamps in EC2's XML.
const timeForm = "2006-01-02T15:04:05.000Z"

type reservationXML struct {
	ReservationID string        `xml:"reservationId"`
	OwnerID       string        `xml:"ownerId"`
	Instances     []instanceXML `xml:"instancesSet>item"`
}

type instanceXML struct {
	InstanceID       string       `xml:"instanceId"`
	ImageID          string       `xml:"imageId"`
	State            stateXML     `xml:"instanceState"`
	PrivateDNSName   string       `xml:"privateDnsName"`
	DNSName          string       `xml:"dnsName"`
	Reason           string       `xml:"reason"`
	KeyName          string       `xml:"keyName,omitempty"`
	LaunchIndex      int          `xml:"amiLaunchIndex"`
	InstanceType     string       `xml:"instanceType"`
	LaunchTime       string       `xml:"launchTime"`
	Zone             string       `xml:"placement>availabilityZone"`
	Tenancy          string       `xml:"placement>tenancy"`
	Monitoring       string       `xml:"monitoring>state"`
	SubnetID         string       `xml:"subnetId,omitempty"`
	PrivateIP        string       `xml:"privateIpAddress,omitempty"`
	PublicIP         string       `xml:"ipAddress,omitempty"`
	Groups           []groupXML   `xml:"groupSet>item"`
	StateReason      *reasonXML   `xml:"stateReason"`
	Architecture     string       `xml:"architecture"`
	RootDeviceType   string       `xml:"rootDeviceType"`
	RootDeviceName   string       `xml:"rootDeviceName"`
	Devices          []deviceXML  `xml:"blockDeviceMapping>item"`
	Virtualization   string       `xml:"virtualizationType"`
	ClientToken      string       `xml:"clientToken"`
	Tags             []tagXML     `xml:"tagSet>item"`
	Profile          *profileXML  `xml:"iamInstanceProfile"`
	MetadataOptions  *metadataXML `xml:"metadataOptions"`
	CurrentBootMode  string       `xml:"currentInstanceBootMode"`
	PlatformDetails  string       `xml:"platformDetails"`
	UsageOperation   string       `xml:"usageOperation"`
	SourceDestCheck  bool         `xml:"sourceDestCheck"`
	EnaSupport       bool         `xml:"enaSupport"`
	HibernateEnabled bool         `xml:"hibernationOptions>configured"`
}

type stateXML struct {
	Code int    `xml:"code"`
	Name string `xml:"name"`
}

type groupXML struct {
	ID   string `xml:"groupId"`
	Name string `xml:"groupName"`
}

type reasonXML struct {
	Code    string `xml:"code"`
	Message string `xml:"message"`
}

type deviceXML struct {
	Name       string `xml:"deviceName"`
	VolumeID   string `xml:"ebs>volumeId"`
	Status     string `xml:"ebs>status"`
	AttachTime string `xml:"ebs>attachTime"`
	Delete     bool   `xml:"ebs>deleteOnTermination"`
}

type profileXML struct {
	ARN string `xml:"arn"`
}

type metadataXML struct {
	State    string `xml:"state"`
	Tokens   string `xml:"httpTokens"`
	HopLimit int    `xml:"httpPutResponseHopLimit"`
	Endpoint string `xml:"httpEndpoint"`
	Tags     string `xml:"instanceMetadataTags"`
}

func stateOf(name string) stateXML { return stateXML{stateCodes[name], name} }

func stamp(t time.Time) string { return t.UTC().Format(timeForm) }
