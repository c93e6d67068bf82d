package deliverymetrics

import "embed"

// Source is the function's program, by the folders of this one: it is complete, for it imports nothing but itself and Go's own
// library. With tests, where those are.
//
//go:embed bootstrap/*.go function/*.go measure/*.go
var Source embed.FS

// Folder is the import path of the folders in Source.
const Folder = "github.com/storeship/storeship/internal/deliverymetrics"

// Program is the folder of the program in Source.
const Program = "bootstrap"
