package ec2

import (
	"slices"
	"strings"
)

type imagesReply struct {
	head
	Images    []imageXML `xml:"imagesSet>item"`
	NextToken string     `xml:"nextToken,omitempty"`
}

type imageXML struct {
	ID             string `xml:"imageId"`
	Location       string `xml:"imageLocation"`
	State          string `xml:"imageState"`
	OwnerID        string `xml:"imageOwnerId"`
	Created        string `xml:"creationDate"`
	Public         bool   `xml:"isPublic"`
	Architecture   string `xml:"architecture"`
	Type           string `xml:"imageType"`
	Name           string `xml:"name"`
	Description    string `xml:"description,omitempty"`
	RootDeviceType string `xml:"rootDeviceType"`
	RootDeviceName string `xml:"rootDeviceName"`
	Virtualization string `xml:"virtualizationType"`
	Hypervisor     string `xml:"hypervisor"`
	EnaSupport     bool   `xml:"enaSupport"`
}

// describeImages lists images in the order of the configuration: like EC2 it
// does not sort by age.
func (s *Server) describeImages(c call) (reply, error) {
	filters, err := parseFilters(c.params, s.imageFields(Image{}))
	if err != nil {
		return nil, err
	}
	wanted, owners := c.list("ImageId"), c.list("Owner")
	for _, id := range wanted {
		if err := s.checkImage(c.region, id); err != nil {
			return nil, err
		}
	}
	p, err := parsePage(c.params, 1)
	if err != nil {
		return nil, err
	}
	var hits []int
	for n, img := range s.cfg.Images {
		if img.Region == c.region && s.ownedBy(img, owners) && matchAll(filters, s.imageFields(img)) &&
			(len(wanted) == 0 || slices.Contains(wanted, img.ID)) {
			hits = append(hits, n)
		}
	}
	part, next := cut(hits, func(n int) int { return n + 1 }, p)
	out := &imagesReply{NextToken: next}
	for _, n := range part {
		out.Images = append(out.Images, s.imageView(s.cfg.Images[n]))
	}
	return out, nil
}

func (s *Server) checkImage(region, id string) error {
	if !strings.HasPrefix(id, "ami-") {
		return badRequest("InvalidAMIID.Malformed", "Invalid id: %q", id)
	}
	if _, ok := s.cfg.image(region, id); !ok {
		return badRequest("InvalidAMIID.NotFound", "The image id '[%s]' does not exist", id)
	}
	return nil
}

func (s *Server) owner(img Image) string {
	if img.Owner == "self" {
		return s.cfg.AccountID
	}
	return img.Owner
}

// ownedBy tells whether an image is seen: the account's own or public, and of
// one of the owners if any are named.
func (s *Server) ownedBy(img Image, owners []string) bool {
	own := s.owner(img) == s.cfg.AccountID
	if !own && !img.Public {
		return false
	}
	return len(owners) == 0 || slices.Contains(owners, s.owner(img)) || (own && slices.Contains(owners, "self"))
}

func (s *Server) imageFields(img Image) fields {
	return func(name string) ([]string, bool) {
		switch name {
		case "name":
			return []string{img.Name}, true
		case "image-id":
			return []string{img.ID}, true
		case "owner-id":
			return []string{s.owner(img)}, true
		case "state":
			return []string{"available"}, true
		case "architecture":
			return []string{"x86_64"}, true
		}
		return nil, false
	}
}

func (s *Server) imageView(img Image) imageXML {
	return imageXML{
		ID: img.ID, Location: s.owner(img) + "/" + img.Name, State: "available", OwnerID: s.owner(img),
		Created: stamp(img.Created), Public: img.Public, Architecture: "x86_64", Type: "machine",
		Name: img.Name, Description: img.Description, RootDeviceType: "ebs", RootDeviceName: rootDevice,
		Virtualization: "hvm", Hypervisor: "xen", EnaSupport: true,
	}
}
