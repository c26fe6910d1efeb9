package content

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

const (
	// maxVisible is how many devices a package may show, maxDepth how deep its XML may be.
	maxVisible = 500
	maxDepth   = 100
	// maxLabel bounds what is taken of one attribute, in bytes.
	maxLabel = 256
)

// visibleDevices lists the devices that content.xml shows, in order, each once: every element device that has a label. The
// wrapper around them has the same name and no label.
func visibleDevices(text []byte) ([]readmodel.VisibleDevice, error) {
	decoder := xml.NewDecoder(bytes.NewReader(text))
	devices := []readmodel.VisibleDevice{}
	seen := map[string]bool{}
	depth, elements := 0, 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && elements > 0 {
			return devices, nil
		}
		if err != nil {
			return nil, failure.Wrap(err, failure.Invalid, "bad_content_xml", "content.xml in the package is not well-formed XML.")
		}
		switch element := token.(type) {
		case xml.StartElement:
			elements++
			if depth++; depth > maxDepth {
				return nil, failure.New(failure.Invalid, "bad_content_xml", "content.xml in the package is nested too deeply.")
			}
			device, ok := deviceOf(element)
			if !ok || seen[device.DeviceLabel] {
				continue
			}
			if len(devices) == maxVisible {
				return nil, failure.New(failure.TooLarge, "bad_content_xml", "content.xml in the package shows more than %d devices.", maxVisible)
			}
			seen[device.DeviceLabel] = true
			devices = append(devices, device)
		case xml.EndElement:
			depth--
		}
	}
}

func deviceOf(element xml.StartElement) (device readmodel.VisibleDevice, ok bool) {
	if element.Name.Local != "device" {
		return device, false
	}
	for _, attribute := range element.Attr {
		switch attribute.Name.Local {
		case "device_label":
			device.DeviceLabel = clip(attribute.Value, maxLabel)
		case "user_access_mode":
			device.UserAccessMode = clip(attribute.Value, maxLabel)
		case "category":
			device.Category = clip(attribute.Value, maxLabel)
		}
	}
	return device, device.DeviceLabel != ""
}
