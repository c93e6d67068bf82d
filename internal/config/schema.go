package config

import _ "embed"

// Schema is the JSON Schema of the file, for editors. It is generated from this package's types by the package's tests.
//
//go:embed schema.json
var Schema string
