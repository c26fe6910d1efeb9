package service

import "github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"

// OpenAPI prints the OpenAPI 3.1 document that the service answers at /api/openapi.json.
func OpenAPI() ([]byte, error) { return httpapi.Document(Version) }
