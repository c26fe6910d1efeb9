package relay

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// command is what an OP_MSG asks for.
type command struct {
	name string
	body bson.Raw
	// sequences are the lists of documents that travel beside the body.
	sequences map[string][]bson.Raw
}

// parse takes an OP_MSG apart.
func parse(f frame) (command, error) {
	c := command{sequences: map[string][]bson.Raw{}}
	rest := f[headerSize+4:]
	if f.flags()&flagChecksum != 0 {
		if len(rest) < 4 {
			return command{}, errors.New("message without its checksum")
		}
		rest = rest[:len(rest)-4]
	}
	for len(rest) > 0 {
		size, err := c.section(rest)
		if err != nil {
			return command{}, err
		}
		rest = rest[size:]
	}
	first, err := c.body.IndexErr(0)
	if err != nil {
		return command{}, fmt.Errorf("message without a command: %w", err)
	}
	c.name = first.Key()
	return c, nil
}

// section reads the section at the start of data and returns its size.
func (c *command) section(data []byte) (int, error) {
	if len(data) < 5 {
		return 0, errors.New("section is cut off")
	}
	kind, size := data[0], int(binary.LittleEndian.Uint32(data[1:]))
	if size < 5 || size > len(data)-1 {
		return 0, fmt.Errorf("section of %d bytes", size)
	}
	content := data[1 : 1+size]
	switch kind {
	case 0:
		c.body = bson.Raw(content)
		return 1 + size, c.body.Validate()
	case 1:
		name, documents, found := bytes.Cut(content[4:], []byte{0})
		if !found {
			return 0, errors.New("document sequence without a name")
		}
		list, err := split(documents)
		c.sequences[string(name)] = list
		return 1 + size, err
	default:
		return 0, fmt.Errorf("section of kind %d", kind)
	}
}

// split takes documents apart that follow one another.
func split(data []byte) (list []bson.Raw, err error) {
	for len(data) > 0 {
		if len(data) < 5 {
			return nil, errors.New("document is cut off")
		}
		size := int(binary.LittleEndian.Uint32(data))
		if size < 5 || size > len(data) {
			return nil, fmt.Errorf("document of %d bytes", size)
		}
		document := bson.Raw(data[:size])
		if err := document.Validate(); err != nil {
			return nil, err
		}
		list, data = append(list, document), data[size:]
	}
	return list, nil
}

// documents are those of a list, whether it travels in the body or beside it.
func (c command) documents(list string) []bson.Raw {
	out := slices.Clone(c.sequences[list])
	array, ok := c.body.Lookup(list).ArrayOK()
	if !ok {
		return out
	}
	values, err := array.Values()
	if err != nil {
		return out
	}
	for _, value := range values {
		if document, ok := value.DocumentOK(); ok {
			out = append(out, document)
		}
	}
	return out
}

// changes says whether the command may change data. What isn't known to only read does.
func (c command) changes() bool {
	return !slices.Contains([]string{
		"hello", "isMaster", "ismaster", "ping", "buildInfo", "buildinfo", "connectionStatus", "saslStart", "saslContinue", "endSessions",
		"find", "getMore", "killCursors", "aggregate", "count", "distinct", "listCollections", "listDatabases", "listIndexes",
	}, c.name)
}
