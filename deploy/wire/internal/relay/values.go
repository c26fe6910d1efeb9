package relay

import (
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// operatorRefusal looks for operators at any depth.
func operatorRefusal(document bson.Raw) string {
	elements, err := document.Elements()
	if err != nil {
		return err.Error()
	}
	for _, element := range elements {
		if slices.Contains([]string{"$expr", "$lookup", "$elemMatch", "$slice", "$changeStream"}, element.Key()) {
			return element.Key() + " is not served"
		}
		for _, inner := range inside(element.Value()) {
			if reason := operatorRefusal(inner); reason != "" {
				return reason
			}
		}
	}
	return ""
}

// inside lists the documents that a value is or, as an array, holds.
func inside(value bson.RawValue) (out []bson.Raw) {
	if document, ok := value.DocumentOK(); ok {
		return []bson.Raw{document}
	}
	array, ok := value.ArrayOK()
	if !ok {
		return nil
	}
	values, err := array.Values()
	if err != nil {
		return nil
	}
	for _, value := range values {
		out = append(out, inside(value)...)
	}
	return out
}

// dataRefusal looks at a document that is to be stored.
func dataRefusal(document bson.Raw, inArray bool) string {
	elements, err := document.Elements()
	if err != nil {
		return err.Error()
	}
	for _, element := range elements {
		if strings.Contains(element.Key(), ".") || strings.HasPrefix(element.Key(), "$") {
			return "key " + element.Key() + " can't be stored"
		}
		if reason := valueRefusal(element.Value(), inArray); reason != "" {
			return reason
		}
	}
	return ""
}

// valueRefusal looks at a value that is to be stored; inArray says that it is an element of an array.
func valueRefusal(value bson.RawValue, inArray bool) string {
	if document, ok := value.DocumentOK(); ok {
		return dataRefusal(document, false)
	}
	array, ok := value.ArrayOK()
	if !ok {
		return ""
	}
	if inArray {
		return "an array in an array can't be stored"
	}
	values, err := array.Values()
	if err != nil {
		return err.Error()
	}
	for _, element := range values {
		if reason := valueRefusal(element, true); reason != "" {
			return reason
		}
	}
	return ""
}
