package content

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// The limits of a package, in bytes but for maxEntries.
const (
	maxEntries  = 20_000
	maxTopology = 4 << 20
	maxXML      = 4 << 20
	maxMeta     = 1 << 20
	maxDevices  = 64 << 10
)

// pack is what LCM takes from a package.
type pack struct {
	hash          string
	topologyPath  string
	topology      []byte
	gradePath     string
	devicesJSON   string
	hasContentXML bool
	visible       []readmodel.VisibleDevice
	meta          meta
}

// meta is the publish record of a package.
type meta struct {
	Version, DatePublished, InstanceName, FormID string
}

// open reads a zip. Nothing of it is ever written to disk; entries that would lie outside, or are encrypted, are refused
// or passed over.
func open(content []byte) (*pack, error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, failure.Wrap(err, failure.Invalid, "bad_package", "The package is not a zip file that can be read.")
	}
	if len(archive.File) > maxEntries {
		return nil, failure.New(failure.TooLarge, "package_too_large", "The package has more than %d entries.", maxEntries)
	}
	p := &pack{}
	for _, step := range []func(*zip.Reader) error{p.readTopology, p.readGrade, p.readDevices, p.readContent, p.readMeta} {
		if err := step(archive); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *pack) readTopology(archive *zip.Reader) error {
	file := find(archive, "cml.yaml", "cml.yml")
	if file == nil {
		return failure.New(failure.Invalid, "topology_missing", "The package holds no cml.yaml.")
	}
	text, err := extract(file, maxTopology)
	p.topologyPath, p.topology = file.Name, text
	return err
}

// readGrade notes where the grading rules are; the grading engine reads them.
func (p *pack) readGrade(archive *zip.Reader) error {
	if file := find(archive, "grade.xml"); file != nil {
		p.gradePath = clip(file.Name, 1024)
	}
	return nil
}

func (p *pack) readDevices(archive *zip.Reader) error {
	file := find(archive, "devices.json")
	if file == nil {
		return nil
	}
	text, err := extract(file, maxDevices)
	if err != nil {
		return err
	}
	if !json.Valid(text) {
		return failure.New(failure.Invalid, "bad_devices_json", "%s in the package is not JSON.", file.Name)
	}
	p.devicesJSON = string(text)
	return nil
}

func (p *pack) readContent(archive *zip.Reader) error {
	file := find(archive, "content.xml")
	if file == nil {
		return nil
	}
	text, err := extract(file, maxXML)
	if err != nil {
		return err
	}
	p.hasContentXML = true
	p.visible, err = visibleDevices(text)
	return err
}

func (p *pack) readMeta(archive *zip.Reader) error {
	file := find(archive, "mosaic_meta.json")
	if file == nil {
		return nil
	}
	text, err := extract(file, maxMeta)
	if err != nil {
		return err
	}
	var record map[string]any
	if err := json.Unmarshal(text, &record); err != nil {
		return failure.Wrap(err, failure.Invalid, "bad_mosaic_meta", "%s in the package is not a JSON object.", file.Name)
	}
	p.meta = meta{
		Version: word(record["Version"]), DatePublished: word(record["DatePublished"]), InstanceName: word(record["InstanceName"]),
		FormID: word(record["FormId"]),
	}
	return nil
}

// word is a plain value as text; anything else is left out.
func word(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case float64, bool:
		return fmt.Sprint(value)
	default:
		return ""
	}
}

// find gives the first file with one of the names, whatever its folder; one in a PAv1 folder wins over the others.
func find(archive *zip.Reader, names ...string) *zip.File {
	var first *zip.File
	for _, file := range archive.File {
		if !inside(file.Name) || file.FileInfo().IsDir() || !slices.Contains(names, path.Base(file.Name)) {
			continue
		}
		if slices.Contains(strings.Split(path.Dir(file.Name), "/"), "PAv1") {
			return file
		}
		if first == nil {
			first = file
		}
	}
	return first
}

// inside reports whether a name stays below the folder that the archive would be unpacked to.
func inside(name string) bool {
	return name != "" && !path.IsAbs(name) && !strings.ContainsAny(name, "\\\x00") && !slices.Contains(strings.Split(name, "/"), "..")
}

// encrypted is the bit of a zip entry's flags.
const encrypted = 0x1

// extract reads an entry of at most limit bytes, whatever size it claims to have.
func extract(file *zip.File, limit int64) ([]byte, error) {
	if file.Flags&encrypted != 0 {
		return nil, failure.New(failure.Invalid, "bad_package", "%s in the package is encrypted.", file.Name)
	}
	reader, err := file.Open()
	if err != nil {
		return nil, broken(err, file)
	}
	text, err := io.ReadAll(io.LimitReader(reader, limit+1))
	if int64(len(text)) > limit {
		return nil, tooLarge(file.Name, limit)
	}
	if err := errors.Join(err, reader.Close()); err != nil {
		return nil, broken(err, file)
	}
	return text, nil
}

func broken(err error, file *zip.File) error {
	return failure.Wrap(err, failure.Invalid, "bad_package", "%s in the package cannot be read.", clip(file.Name, 200))
}

func tooLarge(name string, limit int64) error {
	return failure.New(failure.TooLarge, "package_too_large", "%s in the package has more than %d bytes.", clip(name, 200), limit)
}

// clip shortens a text to so many bytes of valid UTF-8.
func clip(text string, most int) string {
	return strings.ToValidUTF8(text[:min(len(text), most)], "")
}
