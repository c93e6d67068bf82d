package standins

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// Catches: a query that is evaluated in another way than the AWS CLI does it, above all how far a projection reaches, and text that
// is laid out in another way. What is wanted was printed by jmespath 1.0 and the formatter of the AWS CLI 1.45.
func TestQuery(t *testing.T) {
	const document = `{"a": {"b": [{"c": "x", "n": 1, "l": [1, 2]}, {"c": "y", "n": 2, "l": [3]}, {"n": 3}], "empty": []}, "t": true, "Key_1": "k",
		"s": [{"t": {"k": "2"}, "n": 1}, {"t": {"k": "2"}, "n": 2}, {"t": {"k": "1"}, "n": 3}]}`
	for text, want := range map[string]string{
		"a.b[0].c":                     "x\n",
		"a.b[-1].n":                    "3\n",
		"a.b[9].n":                     "None\n",
		"a.b[].c":                      "x\ty\n",
		"a.b[].[c,n]":                  "x\t1\ny\t2\nNone\t3\n",
		"a.b[?c=='y'].n":               "2\n",
		"a.b[?c=='y']|[0].n":           "2\n",
		"a.b[?c!='y'].n":               "1\t3\n",
		"a.b[?n==`2`]|[0].[c,n]":       "y\t2\n",
		"a.b[?c=='none']|[0].[c,n]":    "None\n",
		"a.b[?c=='none'].n":            "",
		"a.b[].l[]":                    "1\t2\t3\n",
		"a.b[].l[0]":                   "1\t3\n",
		"a.b[].l|[0]":                  "1\t2\n",
		"a.[(b[?n==`1`]|[0].c),empty]": "x\n",
		"a.[b[0].c,b[1].l[0],none]":    "x\t3\tNone\n",
		"[t,Key_1]":                    "True\tk\n",
		"a.none[].c":                   "None\n",
		"a.none[?c=='x'].c":            "None\n",
		"none.[a,b]":                   "None\n",
		"a.empty":                      "",
		"a.['k', b[0].c, Key_1]":       "k\tx\tNone\n",
		"\"a\".b[0].\"c\"":             "x\n",
		"a.b[].['k', n][]":             "k\t1\tk\t2\tk\t3\n",
		"not_null(none, `[]`)[].[a]":   "",
		"not_null(none, a.b)[].n":      "1\t2\t3\n",
		"[a.b[?c=='x'].[c, n], not_null(none, `[]`)[].[c, n], a.b[?c=='y'].['z', n]][]": "x\t1\nz\t2\n",
		"join(',', a.b[].c)":                        "x,y\n",
		"join(',', a.empty)":                        "\n",
		"a.b[].join(' ', not_null(none, `[]`)[].c)": "\t\t\n",
		"sort_by(s, &t.k)[].[t.k, n]":               "1\t3\n2\t1\n2\t2\n",
		"sort_by(a.empty, &t.k)[].[t.k, n]":         "",
	} {
		var v any
		require.NoError(t, json.Unmarshal([]byte(document), &v))
		got, err := query(text, v)
		require.NoError(t, err)
		require.Equal(t, want, textOutput(got), text)
	}
	for _, text := range []string{"", "a.", "a[", "a[x]", "a[?b]", "a[?b=='x'", "a.*", "length(a)", "a b", "a[0:1]", "[a",
		"not_null(a", "join(a)", "sort_by(a, t)", "not_null(&a)", "sort_by(a, &t)", "join(',', a)", "join(',', `[1]`)", "`[`"} {
		_, err := query(text, nil)
		require.Error(t, err, text)
	}
}
