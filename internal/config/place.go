package config

import "strconv"

// File is the name of the file as the caller gave it.
func (c *Config) File() string { return c.file }

// Place is where the setting at path stands, or else what is around it, as file:line:column.
func (c *Config) Place(path string) string {
	at := c.nearest(path)
	return c.file + ":" + strconv.Itoa(at.line) + ":" + strconv.Itoa(at.column)
}
