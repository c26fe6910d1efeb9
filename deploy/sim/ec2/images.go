package ec2

import "time"

// Image is a machine image in one region.
type Image struct {
	ID, Region, Name, Description string
	// Owner is "self" for the account of the simulator, else an account id.
	Owner string
	// Public images are listed for everyone.
	Public  bool
	Created time.Time
	// VolumeGB is the size of the root volume; a launch may only enlarge it.
	VolumeGB int
	// Agent means that the CloudWatch agent runs, so CWAgent metrics exist.
	Agent bool
}

// DefaultImages are CML images in two regions, not sorted by age, and one of a
// stranger that a search by name alone finds too.
func DefaultImages() []Image {
	day := func(d int) time.Time { return time.Date(2026, time.May, d, 8, 0, 0, 0, time.UTC) }
	cml := func(id, region, name string, created time.Time) Image {
		return Image{
			ID: id, Region: region, Name: name, Description: "CML for lablets",
			Owner: "self", Created: created, VolumeGB: 100,
		}
	}
	return []Image{
		cml("ami-0c29000000000016e", "us-east-1", "cisco-cml2.9-lablet-v0.1.6", day(2)),
		cml("ami-0c29100000000017e", "us-east-1", "cisco-cml2.9.1-lablet-v0.1.7", day(20)),
		cml("ami-0c27000000000010e", "us-east-1", "my-cml2.7.0-lablet-v0.1.0", day(1)),
		cml("ami-0c29100000000017d", "us-west-2", "cisco-cml2.9.1-lablet-v0.1.7", day(21)),
		{
			ID: "ami-0bad000000000001e", Region: "us-east-1", Name: "cisco-cml2.9.1-lablet-v9.9.9",
			Owner: "999988887777", Public: true, Created: day(28), VolumeGB: 8,
		},
	}
}

func (s settings) image(region, id string) (Image, bool) {
	for _, img := range s.Images {
		if img.Region == region && img.ID == id {
			return img, true
		}
	}
	return Image{}, false
}
