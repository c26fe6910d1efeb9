package relay

import (
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// refusal says why a command may not reach the server; "" lets it pass.
func (c command) refusal() string {
	if c.name == "bulkWrite" {
		return "bulkWrite is not served"
	}
	for _, key := range []string{"startTransaction", "autocommit", "collation", "validator"} {
		if _, err := c.body.LookupErr(key); err == nil {
			return key + " is not served"
		}
	}
	checks := map[string]func(command) string{
		"insert": insertRefusal, "update": updateRefusal, "delete": deleteRefusal, "aggregate": aggregateRefusal,
		"createIndexes": indexRefusal, "findAndModify": modifyRefusal, "findandmodify": modifyRefusal,
	}
	if check := checks[c.name]; check != nil {
		return check(c)
	}
	return operatorRefusal(c.body)
}

func insertRefusal(c command) string {
	for _, document := range c.documents("documents") {
		if reason := dataRefusal(document, false); reason != "" {
			return reason
		}
	}
	return ""
}

func deleteRefusal(c command) string {
	for _, one := range c.documents("deletes") {
		if reason := operatorRefusal(one); reason != "" {
			return reason
		}
	}
	return ""
}

func updateRefusal(c command) string {
	for _, update := range c.documents("updates") {
		if reason := changeRefusal(update, "u"); reason != "" {
			return reason
		}
	}
	return ""
}

func modifyRefusal(c command) string {
	if _, err := c.body.LookupErr("fields"); err == nil {
		return "projection in findAndModify is not served"
	}
	return changeRefusal(c.body, "update")
}

// changeRefusal looks at a document that holds an update under the key.
func changeRefusal(document bson.Raw, key string) string {
	for _, option := range []string{"arrayFilters", "collation"} {
		if _, err := document.LookupErr(option); err == nil {
			return option + " is not served"
		}
	}
	if _, pipeline := document.Lookup(key).ArrayOK(); pipeline {
		return "an update by pipeline is not served"
	}
	change, ok := document.Lookup(key).DocumentOK()
	if !ok {
		return ""
	}
	elements, err := change.Elements()
	if err != nil {
		return err.Error()
	}
	for _, element := range elements {
		values, ok := element.Value().DocumentOK()
		if !ok || !strings.HasPrefix(element.Key(), "$") {
			continue // part of a replacement, which is looked at as a whole below
		}
		if reason := setRefusal(values); reason != "" {
			return reason
		}
	}
	return operatorRefusal(document)
}

// setRefusal looks at the paths and values of one update operator.
func setRefusal(values bson.Raw) string {
	elements, err := values.Elements()
	if err != nil {
		return err.Error()
	}
	for _, element := range elements {
		if slices.ContainsFunc(strings.Split(element.Key(), "."), func(step string) bool { return strings.HasPrefix(step, "$") }) {
			return "the positional operator is not served"
		}
		if reason := valueRefusal(element.Value(), false); reason != "" && !strings.HasPrefix(reason, "key ") {
			return reason // keys may be modifiers, such as $each
		}
	}
	return ""
}

func indexRefusal(c command) string {
	for _, index := range c.documents("indexes") {
		for _, option := range []string{"expireAfterSeconds", "partialFilterExpression", "sparse", "collation"} {
			if _, err := index.LookupErr(option); err == nil {
				return "an index with " + option + " is not served"
			}
		}
		keys, _ := index.Lookup("key").DocumentOK()
		values, err := keys.Values()
		if err != nil {
			return err.Error()
		}
		for _, kind := range values {
			if text, ok := kind.StringValueOK(); ok {
				return fmt.Sprintf("a %s index is not served", text)
			}
		}
	}
	return ""
}

func aggregateRefusal(c command) string {
	for _, stage := range c.documents("pipeline") {
		first, err := stage.IndexErr(0)
		if err != nil {
			return err.Error()
		}
		if !slices.Contains([]string{"$match", "$sort", "$skip", "$limit", "$group", "$count"}, first.Key()) {
			return "stage " + first.Key() + " is not served"
		}
		if group, ok := first.Value().DocumentOK(); ok && first.Key() == "$group" {
			if reason := groupRefusal(group); reason != "" {
				return reason
			}
		}
	}
	return operatorRefusal(c.body)
}

func groupRefusal(group bson.Raw) string {
	elements, err := group.Elements()
	if err != nil {
		return err.Error()
	}
	accumulators := 0
	for _, element := range elements {
		if element.Key() == "_id" {
			continue
		}
		if accumulators++; accumulators > 1 {
			return "more than one accumulator is not served"
		}
		accumulator, _ := element.Value().DocumentOK()
		if first, err := accumulator.IndexErr(0); err != nil || first.Key() != "$sum" && first.Key() != "$count" {
			return "this accumulator is not served"
		}
	}
	return ""
}
