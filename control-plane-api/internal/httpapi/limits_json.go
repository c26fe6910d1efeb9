package httpapi

import (
	"encoding/json"
	"fmt"

	"github.com/danielgtaylor/huma/v2"
)

// maxDepth is how deep a body may nest; the contract's own nest six deep.
const maxDepth = 32

// jsonFormats read bodies that are not nested beyond reason, before a value is made of them.
func jsonFormats() map[string]huma.Format {
	limited := huma.DefaultJSONFormat
	limited.Unmarshal = func(data []byte, into any) error {
		if err := checkDepth(data); err != nil {
			return err
		}
		return json.Unmarshal(data, into)
	}
	return map[string]huma.Format{"application/json": limited, "json": limited}
}

func checkDepth(data []byte) error {
	depth, inText, escaped := 0, false, false
	for _, c := range data {
		switch {
		case escaped:
			escaped = false
		case inText:
			escaped, inText = c == '\\', c != '"'
		case c == '"':
			inText = true
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return fmt.Errorf("nested deeper than %d", maxDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}
