package value_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/value"
)

func parsed(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// Catches: a function shown as JSON, or as something that it is not.
func TestShow(t *testing.T) {
	names := func(id string) string { return map[string]string{"Role1A2B3C4D": "Role", "P": "ssm:/shop/vpc"}[id] }
	for text, want := range map[string]string{
		`null`: "none", `"a b"`: "a b", `80`: "80", `0.5`: "0.5", `1234567890123`: "1234567890123", `true`: "true",
		`["a", "b, c", ""]`:                       "[a, \"b, c\", \"\"]",
		`{"B": 1, "A": [2]}`:                      "{A: [2], B: 1}",
		`{"Ref": "AWS::Region"}`:                  "${AWS::Region}",
		`{"Ref": "P"}`:                            "${ssm:/shop/vpc}",
		`{"Condition": "IsProd"}`:                 "${IsProd}",
		`{"Condition": {"A": 1}}`:                 "{Condition: {A: 1}}",
		`{"Ref": "A", "B": 1}`:                    "{B: 1, Ref: A}",
		`{"Fn::GetAtt": "Role1A2B3C4D.Arn"}`:      "${Role.Arn}",
		`{"Fn::GetAtt": ["Role1A2B3C4D", "Arn"]}`: "${Role.Arn}",
		`{"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::", {"Ref": "B"}, "/*"]]}`: "arn:${AWS::Partition}:s3:::${B}/*",
		`{"Fn::Join": [",", {"Ref": "P"}]}`:                                                     `${ssm:/shop/vpc joined by ","}`,
		`{"Fn::Sub": "${Role1A2B3C4D.Arn}-${A}-${!b}-${c"}`:                                     "${Role.Arn}-${A}-${!b}-${c",
		`{"Fn::Sub": ["${X}/y", {"X": {"Ref": "P"}}]}`:                                          "${ssm:/shop/vpc}/y",
		`{"Fn::Select": [0, {"Fn::GetAZs": ""}]}`:                                               "${zones[0]}",
		`{"Fn::Select": [1, {"Fn::Split": [",", {"Ref": "P"}]}]}`:                               `${ssm:/shop/vpc split at ","[1]}`,
		`{"Fn::If": ["IsProd", 3, {"Ref": "AWS::NoValue"}]}`:                                    "${IsProd ? 3 : AWS::NoValue}",
		`{"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "x"]}`:                                 "${M[AWS::Region][x]}",
		`{"Fn::ImportValue": {"Fn::Sub": "${A}-vpc"}}`:                                          "${import ${A}-vpc}",
		`{"Fn::Not": [{"Fn::Equals": [{"Ref": "A"}, "b"]}]}`:                                    "${not A = b}",
		`{"Fn::Base64": "x"}`:                                                                   "${base64 x}",
		`{"Fn::GetAtt": []}`:                                                                    "${getatt []}",
		`{"Fn::Select": 3}`:                                                                     "${select 3}",
	} {
		if got := value.Show(parsed(t, text), names); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

// Catches: values of several lines in which one cannot see what is in what.
func TestShowLines(t *testing.T) {
	got := value.ShowLines(parsed(t, `{"A": [{"B": 1, "C": {"Ref": "X"}}, "s"], "D": {}, "E": {"F": []}}`), nil)
	if want := "A:\n  - B: 1\n    C: ${X}\n  - s\nD: {}\nE:\n  F: []"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Catches: a difference that is reported as more than it is, or not at all.
func TestDiff(t *testing.T) {
	for _, c := range []struct{ old, renewed, want string }{
		{`{"A": 1}`, `{"A": 1}`, ""},
		{`{"A": 1, "B": 2}`, `{"A": 1, "C": 3}`, "B 2 none; C none 3"},
		{`{"A": {"B": {"C": "x"}}}`, `{"A": {"B": {"C": "y"}}}`, "A.B.C x y"},
		{`{"A": {"Ref": "X"}}`, `{"A": {"Ref": "Y"}}`, "A ${X} ${Y}"},
		{`{"A": {"Ref": "X"}}`, `{"A": "x"}`, "A ${X} x"},
		{`{"E": [{"Name": "a", "Value": "1"}, {"Name": "b", "Value": "2"}]}`, `{"E": [{"Name": "c", "Value": "3"}, {"Name": "b", "Value": "4"}]}`, "E[a] {Name: a, Value: 1} none; E[b].Value 2 4; E[c] none {Name: c, Value: 3}"},
		{`{"E": [{"Name": "a"}, {"Name": "b"}]}`, `{"E": [{"Name": "b"}, {"Name": "a"}]}`, "E [{Name: a}, {Name: b}] [{Name: b}, {Name: a}]"},
		{`{"L": ["a", "b"]}`, `{"L": ["b"]}`, "L [a, b] [b]"},
		{`{"L": [{"P": 1}]}`, `{"L": [{"P": 2}]}`, "L[0].P 1 2"},
		{`{"L": [{"P": 1}]}`, `{"L": [{"P": 1}, {"P": 2}]}`, "L [{P: 1}] [{P: 1}, {P: 2}]"},
		{`{"A": 1}`, `{"B": 1}`, "A 1 none; B none 1"},
		{`{"A": {"Allow": {}}}`, `{"A": {"Block": {}}}`, "A {Allow: {}} {Block: {}}"},
		{`null`, `{"A": 1}`, " none {A: 1}"},
	} {
		var got []string
		for _, d := range value.Diff(parsed(t, c.old), parsed(t, c.renewed)) {
			got = append(got, d.Text()+" "+value.Show(d.Old, nil)+" "+value.Show(d.New, nil))
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s → %s: got %s, want %s", c.old, c.renewed, strings.Join(got, "; "), c.want)
		}
	}
}

// Catches: a finding that sends its reader to another line, in JSON of any form and in YAML.
func TestLocate(t *testing.T) {
	const pretty = "{\n \"Parameters\": {\"A\": {\"Type\": \"x}\\\"{\"}},\n \"Resources\": {\n  \"B\\u0041\": {\n   \"Properties\": {\"L\": [1, {\"x\": [2]},\n    {\"Name\": \"n\"}]}\n  }\n }\n}\n"
	const yaml = "Resources:\n  B:\n    Properties:\n      L:\n        - 1\n        - Name: n\n      R: !Ref X\n"
	for _, c := range []struct {
		source, path string
		want         value.Position
	}{
		{pretty, "Resources", value.Position{Line: 3, Column: 2}},
		{pretty, "Resources BA", value.Position{Line: 4, Column: 3}},
		{pretty, "Resources BA Properties L", value.Position{Line: 5, Column: 19}},
		{pretty, "Resources BA Properties L 1 x", value.Position{Line: 5, Column: 29}},
		{pretty, "Resources BA Properties L 2 Name", value.Position{Line: 6, Column: 6}},
		{pretty, "Resources BA Properties M N", value.Position{Line: 5, Column: 4}},
		{pretty, "Outputs", value.Position{Line: 1, Column: 1}},
		{yaml, "Resources B Properties R", value.Position{Line: 7, Column: 7}},
		{yaml, "Resources B Properties L 1 Name", value.Position{Line: 6, Column: 11}},
		{yaml, "Resources B Properties L 9", value.Position{Line: 4, Column: 7}},
		{"", "Resources", value.Position{}},
	} {
		if got := value.Locate([]byte(c.source), strings.Fields(c.path)...); got != c.want {
			t.Errorf("%s: got %v, want %v", c.path, got, c.want)
		}
	}
}

// Catches: YAML that becomes other values than the same template in JSON, and an error without its line.
func TestParse(t *testing.T) {
	got, err := value.Parse([]byte("# a comment\nA: !GetAtt B.C.D\nE: !Join ['', [!Ref F, '1']]\nG: 012345678901\nH: 3\nI: yes\nJ: 2010-09-09\nK: &k {L: 1.5}\nM: *k\nN: !Condition O\nP: ~\n"))
	want := parsed(t, `{"A": {"Fn::GetAtt": ["B", "C.D"]}, "E": {"Fn::Join": ["", [{"Ref": "F"}, "1"]]}, "G": "012345678901", "H": 3, "I": "yes", "J": "2010-09-09",
		"K": {"L": 1.5}, "M": {"L": 1.5}, "N": {"Condition": "O"}, "P": null}`)
	if err != nil || !reflect.DeepEqual(any(got), want) {
		t.Errorf("%v: got %v", err, got)
	}
	for source, want := range map[string]string{
		"{\n \"A\": }": "2:7: invalid character '}'", "{": "1:1: unexpected end of JSON input", "": "1:1: is empty", "a": "1:1: is no object",
		"A: 1\nB: [": "2:1: did not find expected node content", "A: 1\nA: 2": `2:1: has "A" twice`, "[]": "1:1: is no object",
		"A: *b": "1:1: unknown anchor 'b' referenced",
	} {
		if _, err := value.Parse([]byte(source)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", source, err, want)
		}
	}
}

// Catches: a few lines of aliases that take all the memory there is.
func TestParseOfManyAliases(t *testing.T) {
	text := "A0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 8 {
		n, m := string(rune('0'+i)), string(rune('1'+i))
		text += "A" + m + ": &a" + m + " [" + strings.TrimSuffix(strings.Repeat("*a"+n+", ", 10), ", ") + "]\n"
	}
	if _, err := value.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("got %v", err)
	}
}
