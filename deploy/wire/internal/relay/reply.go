package relay

import (
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

const (
	codeNotServed = 303 // UnsupportedFeature
	codeDuplicate = 11000
)

// refuse answers a command in the server's place.
func refuse(request frame, reason string) (frame, error) {
	document, err := bson.Marshal(bson.D{
		{Key: "ok", Value: 0.0}, {Key: "code", Value: int32(codeNotServed)}, {Key: "codeName", Value: "UnsupportedFeature"},
		{Key: "errmsg", Value: "relay: " + reason},
	})
	if err != nil {
		return nil, fmt.Errorf("make an answer: %w", err)
	}
	return newFrame(request, document), nil
}

// amend gives the update of a document to a taken unique value MongoDB's answer: the server behind calls it an internal error.
func amend(request frame, c command, reply frame) (frame, error) {
	if c.name != "update" || reply.opcode() != opMsg {
		return reply, nil
	}
	answer, err := parse(reply)
	if err != nil {
		return nil, fmt.Errorf("answer to %s: %w", c.name, err)
	}
	message, _ := answer.body.Lookup("errmsg").StringValueOK()
	if !strings.Contains(message, "UNIQUE constraint failed") {
		return reply, nil
	}
	failure := bson.D{
		{Key: "index", Value: int32(0)}, {Key: "code", Value: int32(codeDuplicate)}, {Key: "errmsg", Value: "E11000 duplicate key error"},
	}
	document, err := bson.Marshal(bson.D{
		{Key: "n", Value: int32(0)}, {Key: "nModified", Value: int32(0)}, {Key: "writeErrors", Value: bson.A{failure}}, {Key: "ok", Value: 1.0},
	})
	if err != nil {
		return nil, fmt.Errorf("make an answer: %w", err)
	}
	return newFrame(request, document), nil
}
