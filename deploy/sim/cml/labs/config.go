package labs

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/catalog"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// configFile is one named day-0 configuration.
type configFile struct {
	Name    string  `json:"name"`
	Content *string `json:"content"`
}

// configFiles returns a configuration in its list form. One that is a plain
// string has the name that the node definition gives it.
func configFiles(n nodeSpec, d catalog.Definition) []configFile {
	files := []configFile{}
	switch c := n.Configuration.(type) {
	case string:
		if c != "" {
			files = append(files, configFile{Name: d.ConfigFile, Content: &c})
		}
	case map[string]any:
		files = append(files, configPart(c))
	case []any:
		for _, item := range c {
			if part, ok := item.(map[string]any); ok {
				files = append(files, configPart(part))
			}
		}
	}
	return files
}

func configPart(m map[string]any) configFile {
	name, _ := m["name"].(string)
	file := configFile{Name: name}
	if content, ok := m["content"].(string); ok {
		file.Content = &content
	}
	return file
}

// mainConfig is the configuration in its string form.
func mainConfig(n nodeSpec, d catalog.Definition) string {
	files := configFiles(n, d)
	if len(files) == 0 || files[0].Content == nil {
		return ""
	}
	return *files[0].Content
}

// setMainConfig replaces the main configuration and keeps the form.
func (n *nodeSpec) setMainConfig(text string, d catalog.Definition) {
	if _, plain := n.Configuration.(string); plain || n.Configuration == nil {
		n.Configuration = text
		return
	}
	files := configFiles(*n, d)
	if len(files) == 0 {
		files = []configFile{{Name: d.ConfigFile}}
	}
	files[0].Content = &text
	list := make([]any, len(files))
	for i, f := range files {
		part := map[string]any{"name": f.Name, "content": nil}
		if f.Content != nil {
			part["content"] = *f.Content
		}
		list[i] = part
	}
	n.Configuration = list
}

// configView is a configuration as a query for exclude_configurations wants it;
// shown is false when the key is left out.
func configView(n nodeSpec, d catalog.Definition, exclude *bool) (view any, shown bool) {
	switch {
	case exclude == nil && n.Configuration == nil:
		return nil, true
	case exclude == nil:
		return mainConfig(n, d), true
	case *exclude:
		return nil, false
	}
	return configFiles(n, d), true
}

// extractConfiguration makes what the node runs its day-0 configuration.
func extractConfiguration(s *Set, r *http.Request) (wire.Reply, error) {
	lab, n, err := s.node(r)
	if err != nil {
		return wire.Reply{}, err
	}
	d := s.env.Catalog.Find(n.Spec.Definition)
	switch p := s.phase(n); {
	case !p.up():
		return wire.Reply{}, wire.BadRequest("Node %s is not running: its state is %s.", n.ID, p.State)
	case d.Infrastructure():
		return wire.Reply{}, wire.BadRequest("Node definition %s does not support configuration extraction.", d.ID)
	}
	text := runningConfig(n, d)
	n.Spec.setMainConfig(text, d)
	s.note(lab, "CHANGE", "NODE", n.ID, n.Spec.Label)
	s.touch(lab)
	return wire.OK(map[string]any{"name": d.ConfigFile, "configuration": text}), nil
}

// runningConfig is what the node shows as its running configuration: always the
// same for the same day-0 configuration, and of itself.
func runningConfig(n *Node, d catalog.Definition) string {
	remark := "!"
	if d.Nature == "server" {
		remark = "#"
	}
	head := fmt.Sprintf("%s running configuration of %s\n", remark, n.Spec.Label)
	before := strings.TrimPrefix(mainConfig(n.Spec, d), head)
	if before != "" {
		return head + before
	}
	var text strings.Builder
	text.WriteString(head + "hostname " + n.Spec.Label + "\n")
	for _, i := range n.Interfaces {
		fmt.Fprintf(&text, "%s\ninterface %s\n", remark, i.Label)
	}
	text.WriteString(remark + "\n")
	return text.String()
}
