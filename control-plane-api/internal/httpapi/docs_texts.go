package httpapi

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// texts are examples by the name of a field, where any text would fit the schema and few make sense.
func texts() map[string]string {
	return map[string]string{
		"version": "1.0.0", "email": "owner@example.com", "region": "us-east-1", "aws_region": "us-east-1", "instance_type": "m5zn.metal",
		"ami_id": "ami-0123456789abcdef0", "aws_instance_id": "i-0123456789abcdef0", "subnet_id": "subnet-0123456789abcdef0", "security_group_id": "sg-0123456789abcdef0",
		"public_ip": "203.0.113.10", "private_ip": "10.0.0.10", "ip_address": "203.0.113.10", "topology_yaml": exampleLab, "name": "example",
		"form_qualified_name": "Exam Associate CCNA v1.1 LAB 1.3a", "service": "worker-controller", "reason": "maintenance", "owner_id": "ann",
		"id": "0198c0de-0000-7000-8000-000000000001", "template_name": "medium", "node_definition": "iosv",
	}
}

const exampleLab = "lab:\n  title: example\n  version: 0.1.0\nnodes:\n  - id: n0\n    label: r1\n    node_definition: iosv\n    interfaces: []\nlinks: []\n"

// text makes a text that fits a schema.
func text(schema *huma.Schema, name string) string {
	switch schema.Format {
	case "date-time":
		return "2030-03-02T09:00:00Z"
	case "date":
		return "2030-03-02"
	case "uuid":
		return texts()["id"]
	case "uri", "url":
		return "https://lcm.example/resource"
	case "email":
		return texts()["email"]
	case "ipv4", "ip":
		return texts()["public_ip"]
	case "duration":
		return "PT1H"
	}
	if schema.ContentEncoding == "base64" {
		return "bGFibGV0"
	}
	value, known := texts()[name]
	switch {
	case known:
	case strings.HasSuffix(name, "_id"):
		value = texts()["id"]
	case strings.HasSuffix(name, "_uri"), strings.HasSuffix(name, "_url"):
		value = "https://lcm.example/resource"
	default:
		value = "text"
	}
	if schema.MinLength != nil && len(value) < *schema.MinLength {
		value += strings.Repeat("0", *schema.MinLength-len(value))
	}
	if schema.MaxLength != nil && len(value) > *schema.MaxLength {
		value = value[:*schema.MaxLength]
	}
	return value
}
