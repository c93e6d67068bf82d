package text

import "strconv"

// Under is the path of a key of the value at path: "services" and "ui" give "services.ui". A key that would make the
// path ambiguous is quoted: services["a.b"].
func Under(path, key string) string {
	if !plain(key) {
		return path + "[" + Quote(key) + "]"
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// Item is the path of item i of the list at path: "waves" and 1 give "waves[1]".
func Item(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func plain(key string) bool {
	for _, c := range key {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return key != ""
}
